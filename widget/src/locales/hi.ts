import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "hi";
const newAnswers = plural(lang, { one: "# नया उत्तर", other: "# नए उत्तर" });

/** Hindi, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "चैट",
  greeting: "नमस्ते! बताइए, क्या मदद चाहिए?",
  placeholder: "कोई सवाल पूछें…",

  openChat: "चैट खोलें",
  closeChat: "चैट बंद करें",
  unread: newAnswers,
  loadFailed: "चैट लोड नहीं हो सकी। कृपया फिर से कोशिश करें।",

  conversation: "बातचीत",
  question: "आपका सवाल",
  newConversation: "नई बातचीत",
  send: "भेजें",
  stop: "उत्तर रोकें",

  you: "आप",
  assistant: "सहायक",

  writing: "उत्तर लिखा जा रहा है",
  waiting: "भेजे जाने की प्रतीक्षा में",
  remove: "हटाएँ",
  stopped: "रोका गया",
  shortened: "यह उत्तर अपनी अधिकतम लंबाई तक पहुँच गया।",
  filtered: "इस उत्तर का कुछ हिस्सा फ़िल्टर ने रोक लिया।",
  guarded: "इस साइट के सुरक्षा नियमों ने इस उत्तर को बदला या रोक लिया।",
  continue: "जारी रखें",
  continueQuestion: "कृपया जारी रखें।",

  retry: "फिर से कोशिश करें",
  regenerate: "फिर से उत्तर दें",
  edit: "सवाल बदलें",
  save: "भेजें",
  cancel: "रद्द करें",
  copy: "कॉपी करें",
  copied: "कॉपी हो गया",
  copyCode: "कोड कॉपी करें",
  good: "अच्छा उत्तर",
  bad: "ख़राब उत्तर",
  comment: "क्या ठीक नहीं था? (वैकल्पिक)",
  sendComment: "टिप्पणी भेजें",
  thanks: "बताने के लिए धन्यवाद।",

  code: (language) => `कोड: ${language}`,
  table: "तालिका",
  taskDone: "पूरा हुआ",
  taskOpen: "बाकी है",

  starters: "सुझाए गए सवाल",
  transcript: (date) => `${date} की बातचीत`,

  justNow: "अभी-अभी",
  jumpToLatest: "सबसे नए पर जाएँ",
  newAnswers,
  loadingOlder: "पिछले संदेश लोड हो रहे हैं…",
  charactersLeft: plural(lang, { one: "# वर्ण बाक़ी", other: "# वर्ण बाक़ी" }),
  tooLong: plural(lang, { one: "# वर्ण ज़्यादा", other: "# वर्ण ज़्यादा" }),

  connecting: "कनेक्ट हो रहा है…",
  online: "ऑनलाइन",
  reconnecting: "कनेक्शन टूट गया। फिर से कनेक्ट हो रहा है…",
  offline: "आप ऑफ़लाइन हैं। कनेक्शन लौटने पर सवाल भेज दिए जाएँगे।",
  failed: "चैट तक पहुँचा नहीं जा सका।",
  connect: "फिर से कनेक्ट करें",

  errors: {
    bad_request: "चैट ने कुछ ऐसा भेजा जो सर्वर नहीं समझता।",
    too_large: "यह सवाल बहुत लंबा है। कृपया इसे छोटा करें।",
    unauthorized: "चैट का उपयोग करने के लिए कृपया साइन इन करें।",
    forbidden_origin: "इस पेज पर चैट उपलब्ध नहीं है।",
    not_found: "यह बातचीत अब मौजूद नहीं है।",
    model_rejected: "इस सवाल का उत्तर नहीं दिया जा सका।",
    context_too_long: "यह बातचीत बहुत लंबी हो गई है। कृपया नई बातचीत शुरू करें।",
    budget_exceeded: "चैट फ़िलहाल अपनी सीमा तक पहुँच गई है।",
    not_ready: "चैट अभी तैयार नहीं है।",
    busy: "पिछले सवाल का उत्तर अभी दिया जा रहा है।",
    rate_limited: "यह थोड़ा जल्दी हो गया।",
    model_throttled: "इस समय बहुत से लोग सवाल पूछ रहे हैं।",
    model_unavailable: "सहायक इस समय उपलब्ध नहीं है।",
    stream_truncated: "उत्तर बीच में ही रुक गया।",
    timeout: "उत्तर में बहुत समय लगा।",
    internal: "कुछ गड़बड़ हो गई।",
  },
  tryAgainIn: (seconds) => `कृपया ${inTime(lang, seconds)} फिर से कोशिश करें।`,
  details: "विवरण",
  requestId: (id) => `अनुरोध ${id}`,
};
