import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "tr";
const newAnswers = plural(lang, { one: "# yeni yanıt", other: "# yeni yanıt" });

/** Turkish, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Sohbet",
  greeting: "Merhaba! Nasıl yardımcı olabilirim?",
  placeholder: "Bir soru sorun…",

  openChat: "Sohbeti aç",
  closeChat: "Sohbeti kapat",
  unread: newAnswers,
  loadFailed: "Sohbet yüklenemedi. Lütfen tekrar deneyin.",

  conversation: "Konuşma",
  question: "Sorunuz",
  newConversation: "Yeni konuşma",
  send: "Gönder",
  stop: "Yanıtı durdur",

  you: "Siz",
  assistant: "Asistan",

  writing: "Yanıt yazıyor",
  waiting: "Gönderilmeyi bekliyor",
  remove: "Kaldır",
  stopped: "Durduruldu",
  shortened: "Bu yanıt en uzun hâline ulaştı.",
  filtered: "Bu yanıtın bir bölümü bir filtre tarafından engellendi.",
  guarded:
    "Bu sitenin güvenlik önlemleri bu yanıtı değiştirdi veya göstermedi.",
  continue: "Devam et",
  continueQuestion: "Lütfen devam edin.",

  retry: "Tekrar dene",
  regenerate: "Yeniden yanıtla",
  edit: "Soruyu düzenle",
  save: "Gönder",
  cancel: "İptal",
  copy: "Kopyala",
  copied: "Kopyalandı",
  copyCode: "Kodu kopyala",
  good: "İyi yanıt",
  bad: "Kötü yanıt",
  comment: "Sorun neydi? (isteğe bağlı)",
  sendComment: "Yorumu gönder",
  thanks: "Görüşünüz için teşekkür ederiz.",

  code: (language) => `Kod: ${language}`,
  table: "Tablo",
  taskDone: "Yapıldı",
  taskOpen: "Yapılacak",

  starters: "Önerilen sorular",
  transcript: (date) => `Konuşma, ${date}`,

  justNow: "az önce",
  jumpToLatest: "En yeniye git",
  newAnswers,
  loadingOlder: "Önceki mesajlar yükleniyor…",
  charactersLeft: plural(lang, {
    one: "# karakter kaldı",
    other: "# karakter kaldı",
  }),
  tooLong: plural(lang, { one: "# karakter fazla", other: "# karakter fazla" }),

  connecting: "Bağlanıyor…",
  online: "Çevrimiçi",
  reconnecting: "Bağlantı koptu. Yeniden bağlanıyor…",
  offline: "Çevrimdışısınız. Sorularınız bağlantı geri gelince gönderilecek.",
  failed: "Sohbete ulaşılamıyor.",
  connect: "Yeniden bağlan",

  errors: {
    bad_request: "Sohbet, sunucunun anlamadığı bir şey gönderdi.",
    too_large: "Bu soru çok uzun. Lütfen kısaltın.",
    unauthorized: "Sohbeti kullanmak için lütfen oturum açın.",
    forbidden_origin: "Sohbet bu sayfada kullanılamıyor.",
    not_found: "Bu konuşma artık yok.",
    model_rejected: "Bu soru yanıtlanamadı.",
    context_too_long: "Bu konuşma çok uzadı. Lütfen yeni bir konuşma başlatın.",
    budget_exceeded: "Sohbet şimdilik sınırına ulaştı.",
    not_ready: "Sohbet henüz hazır değil.",
    busy: "Son soru hâlâ yanıtlanıyor.",
    rate_limited: "Biraz fazla hızlı oldu.",
    model_throttled: "Şu anda çok sayıda kişi soru soruyor.",
    model_unavailable: "Asistan şu anda kullanılamıyor.",
    stream_truncated: "Yanıt yarıda kesildi.",
    timeout: "Yanıt çok uzun sürdü.",
    internal: "Bir şeyler ters gitti.",
  },
  tryAgainIn: (seconds) => `Lütfen ${inTime(lang, seconds)} tekrar deneyin.`,
  details: "Ayrıntılar",
  requestId: (id) => `İstek ${id}`,
};
