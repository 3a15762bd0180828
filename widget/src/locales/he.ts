import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "he";
const newAnswers = plural(lang, {
  one: "תשובה חדשה אחת",
  two: "שתי תשובות חדשות",
  other: "# תשובות חדשות",
});

/** Hebrew, without addressing a man or a woman. */
export const locale: Locale = {
  lang,
  dir: "rtl",

  heading: "צ׳אט",
  greeting: "שלום! איך אפשר לעזור?",
  placeholder: "כתיבת שאלה…",

  openChat: "פתיחת הצ׳אט",
  closeChat: "סגירת הצ׳אט",
  unread: newAnswers,
  loadFailed: "לא ניתן היה לטעון את הצ׳אט. נא לנסות שוב.",

  conversation: "שיחה",
  question: "השאלה שלך",
  newConversation: "שיחה חדשה",
  send: "שליחה",
  stop: "עצירת התשובה",

  you: "אני",
  assistant: "העוזר",

  writing: "כותב תשובה",
  waiting: "ממתינה לשליחה",
  remove: "הסרה",
  stopped: "נעצרה",
  shortened: "התשובה הגיעה לאורך המרבי.",
  filtered: "חלק מהתשובה נחסם על ידי מסנן.",
  guarded: "אמצעי ההגנה של האתר שינו את התשובה הזו או מנעו אותה.",
  continue: "המשך",
  continueQuestion: "נא להמשיך.",

  retry: "ניסיון נוסף",
  regenerate: "תשובה חדשה",
  edit: "עריכת השאלה",
  save: "שליחה",
  cancel: "ביטול",
  copy: "העתקה",
  copied: "הועתק",
  copyCode: "העתקת הקוד",
  good: "תשובה טובה",
  bad: "תשובה לא טובה",
  comment: "מה לא היה בסדר? (לא חובה)",
  sendComment: "שליחת ההערה",
  thanks: "תודה על המשוב.",

  code: (language) => `קוד: ${language}`,
  table: "טבלה",
  taskDone: "בוצע",
  taskOpen: "לביצוע",

  starters: "שאלות מוצעות",
  transcript: (date) => `שיחה מתאריך ${date}`,

  justNow: "ממש עכשיו",
  jumpToLatest: "מעבר לחדש ביותר",
  newAnswers,
  loadingOlder: "הודעות קודמות נטענות…",
  charactersLeft: plural(lang, {
    one: "נותר תו אחד",
    two: "נותרו שני תווים",
    other: "נותרו # תווים",
  }),
  tooLong: plural(lang, {
    one: "תו אחד יותר מדי",
    two: "שני תווים יותר מדי",
    other: "# תווים יותר מדי",
  }),

  connecting: "מתבצע חיבור…",
  online: "מחובר",
  reconnecting: "החיבור נותק. מתבצע חיבור מחדש…",
  offline: "אין חיבור לאינטרנט. השאלות יישלחו כשהחיבור יחזור.",
  failed: "לא ניתן להגיע אל הצ׳אט.",
  connect: "חיבור מחדש",

  errors: {
    bad_request: "הצ׳אט שלח משהו שהשרת לא מבין.",
    too_large: "השאלה ארוכה מדי. נא לקצר אותה.",
    unauthorized: "כדי להשתמש בצ׳אט יש להתחבר.",
    forbidden_origin: "הצ׳אט אינו זמין בעמוד הזה.",
    not_found: "השיחה הזו כבר לא קיימת.",
    model_rejected: "לא ניתן היה לענות על השאלה הזו.",
    context_too_long: "השיחה נעשתה ארוכה מדי. נא להתחיל שיחה חדשה.",
    budget_exceeded: "הצ׳אט הגיע למגבלה שלו לעת עתה.",
    not_ready: "הצ׳אט עדיין לא מוכן.",
    busy: "השאלה האחרונה עדיין נענית.",
    rate_limited: "זה היה קצת מהר מדי.",
    model_throttled: "הרבה אנשים שואלים כרגע.",
    model_unavailable: "העוזר אינו זמין כרגע.",
    stream_truncated: "התשובה נקטעה.",
    timeout: "התשובה ארכה זמן רב מדי.",
    internal: "משהו השתבש.",
  },
  tryAgainIn: (seconds) => `נא לנסות שוב ${inTime(lang, seconds)}.`,
  details: "פרטים",
  requestId: (id) => `בקשה ${id}`,
};
