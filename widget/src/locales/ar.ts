import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "ar";
const newAnswers = plural(lang, {
  zero: "لا إجابات جديدة",
  one: "إجابة جديدة واحدة",
  two: "إجابتان جديدتان",
  few: "# إجابات جديدة",
  many: "# إجابة جديدة",
  other: "# إجابة جديدة",
});

/** Arabic. */
export const locale: Locale = {
  lang,
  dir: "rtl",

  heading: "الدردشة",
  greeting: "مرحبًا! كيف يمكنني المساعدة؟",
  placeholder: "اطرح سؤالًا…",

  openChat: "فتح الدردشة",
  closeChat: "إغلاق الدردشة",
  unread: newAnswers,
  loadFailed: "تعذّر تحميل الدردشة. يُرجى المحاولة مرة أخرى.",

  conversation: "المحادثة",
  question: "سؤالك",
  newConversation: "محادثة جديدة",
  send: "إرسال",
  stop: "إيقاف الإجابة",

  you: "أنت",
  assistant: "المساعد",

  writing: "جارٍ كتابة الإجابة",
  waiting: "في انتظار الإرسال",
  remove: "إزالة",
  stopped: "أُوقفت",
  shortened: "بلغت هذه الإجابة أقصى طول لها.",
  filtered: "حُجب جزء من هذه الإجابة بواسطة مرشّح.",
  guarded: "غيّرت إجراءات الحماية في هذا الموقع هذه الإجابة أو حجبتها.",
  continue: "متابعة",
  continueQuestion: "تابع من فضلك.",

  retry: "إعادة المحاولة",
  regenerate: "إجابة جديدة",
  edit: "تعديل السؤال",
  save: "إرسال",
  cancel: "إلغاء",
  copy: "نسخ",
  copied: "تم النسخ",
  copyCode: "نسخ الشفرة",
  good: "إجابة جيدة",
  bad: "إجابة سيئة",
  comment: "ما المشكلة؟ (اختياري)",
  sendComment: "إرسال التعليق",
  thanks: "شكرًا على ملاحظاتك.",

  code: (language) => `شفرة: ${language}`,
  table: "جدول",
  taskDone: "منجزة",
  taskOpen: "غير منجزة",

  starters: "أسئلة مقترحة",
  transcript: (date) => `محادثة بتاريخ ${date}`,

  justNow: "الآن",
  jumpToLatest: "الانتقال إلى الأحدث",
  newAnswers,
  loadingOlder: "جارٍ تحميل الرسائل السابقة…",
  charactersLeft: plural(lang, {
    zero: "لم يتبقَّ أي حرف",
    one: "تبقّى حرف واحد",
    two: "تبقّى حرفان",
    few: "تبقّى # أحرف",
    many: "تبقّى # حرفًا",
    other: "تبقّى # حرف",
  }),
  tooLong: plural(lang, {
    zero: "لا أحرف زائدة",
    one: "حرف واحد زائد",
    two: "حرفان زائدان",
    few: "# أحرف زائدة",
    many: "# حرفًا زائدًا",
    other: "# حرف زائد",
  }),

  connecting: "جارٍ الاتصال…",
  online: "متصل",
  reconnecting: "انقطع الاتصال. جارٍ إعادة الاتصال…",
  offline: "لا يوجد اتصال بالإنترنت. ستُرسل الأسئلة عند عودة الاتصال.",
  failed: "يتعذّر الوصول إلى الدردشة.",
  connect: "إعادة الاتصال",

  errors: {
    bad_request: "أرسلت الدردشة شيئًا لا يفهمه الخادم.",
    too_large: "هذا السؤال طويل جدًا. يُرجى اختصاره.",
    unauthorized: "يُرجى تسجيل الدخول لاستخدام الدردشة.",
    forbidden_origin: "الدردشة غير متاحة في هذه الصفحة.",
    not_found: "لم تعد هذه المحادثة موجودة.",
    model_rejected: "تعذّرت الإجابة عن هذا السؤال.",
    context_too_long: "أصبحت هذه المحادثة طويلة جدًا. يُرجى بدء محادثة جديدة.",
    budget_exceeded: "بلغت الدردشة حدّها في الوقت الحالي.",
    not_ready: "الدردشة ليست جاهزة بعد.",
    busy: "ما زالت الإجابة عن السؤال الأخير جارية.",
    rate_limited: "كان ذلك سريعًا بعض الشيء.",
    model_throttled: "كثير من الأشخاص يطرحون الأسئلة الآن.",
    model_unavailable: "المساعد غير متاح حاليًا.",
    stream_truncated: "انقطعت الإجابة.",
    timeout: "استغرقت الإجابة وقتًا طويلًا.",
    internal: "حدث خطأ ما.",
  },
  tryAgainIn: (seconds) => `يُرجى المحاولة مرة أخرى ${inTime(lang, seconds)}.`,
  details: "التفاصيل",
  requestId: (id) => `الطلب ${id}`,
};
