import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "it";
const newAnswers = plural(lang, {
  one: "# nuova risposta",
  many: "# di nuove risposte",
  other: "# nuove risposte",
});

/** Italian. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "Ciao! Come posso aiutarti?",
  placeholder: "Fai una domanda…",

  openChat: "Apri la chat",
  closeChat: "Chiudi la chat",
  unread: newAnswers,
  loadFailed: "Non è stato possibile caricare la chat. Riprova.",

  conversation: "Conversazione",
  question: "La tua domanda",
  newConversation: "Nuova conversazione",
  send: "Invia",
  stop: "Interrompi la risposta",

  you: "Tu",
  assistant: "Assistente",

  writing: "Sta scrivendo una risposta",
  waiting: "In attesa di invio",
  remove: "Rimuovi",
  stopped: "Interrotta",
  shortened: "Questa risposta ha raggiunto la lunghezza massima.",
  filtered: "Una parte di questa risposta è stata trattenuta da un filtro.",
  guarded:
    "Le protezioni di questo sito hanno modificato o trattenuto questa risposta.",
  continue: "Continua",
  continueQuestion: "Continua, per favore.",

  retry: "Riprova",
  regenerate: "Rispondi di nuovo",
  edit: "Modifica la domanda",
  save: "Invia",
  cancel: "Annulla",
  copy: "Copia",
  copied: "Copiato",
  copyCode: "Copia il codice",
  good: "Buona risposta",
  bad: "Risposta sbagliata",
  comment: "Che cosa non andava? (facoltativo)",
  sendComment: "Invia il commento",
  thanks: "Grazie per averci dato il tuo parere.",

  code: (language) => `Codice: ${language}`,
  table: "Tabella",
  taskDone: "Fatto",
  taskOpen: "Da fare",

  starters: "Domande suggerite",
  transcript: (date) => `Conversazione del ${date}`,

  justNow: "proprio ora",
  jumpToLatest: "Vai al più recente",
  newAnswers,
  loadingOlder: "Caricamento dei messaggi precedenti…",
  charactersLeft: plural(lang, {
    one: "# carattere rimasto",
    many: "# di caratteri rimasti",
    other: "# caratteri rimasti",
  }),
  tooLong: plural(lang, {
    one: "# carattere di troppo",
    many: "# di caratteri di troppo",
    other: "# caratteri di troppo",
  }),

  connecting: "Connessione in corso…",
  online: "In linea",
  reconnecting: "Connessione persa. Riconnessione in corso…",
  offline:
    "Non sei in linea. Le domande partiranno appena torna la connessione.",
  failed: "La chat non è raggiungibile.",
  connect: "Connetti di nuovo",

  errors: {
    bad_request: "La chat ha inviato qualcosa che il server non capisce.",
    too_large: "Questa domanda è troppo lunga. Accorciala, per favore.",
    unauthorized: "Accedi per usare la chat.",
    forbidden_origin: "La chat non è disponibile in questa pagina.",
    not_found: "Questa conversazione non esiste più.",
    model_rejected: "Non è stato possibile rispondere a questa domanda.",
    context_too_long:
      "Questa conversazione è diventata troppo lunga. Iniziane una nuova.",
    budget_exceeded: "Per ora la chat ha raggiunto il suo limite.",
    not_ready: "La chat non è ancora pronta.",
    busy: "La risposta all’ultima domanda è ancora in corso.",
    rate_limited: "Un po’ troppo veloce.",
    model_throttled: "In questo momento molte persone stanno facendo domande.",
    model_unavailable: "L’assistente non è disponibile al momento.",
    stream_truncated: "La risposta si è interrotta.",
    timeout: "La risposta ha richiesto troppo tempo.",
    internal: "Qualcosa è andato storto.",
  },
  tryAgainIn: (seconds) => `Riprova ${inTime(lang, seconds)}.`,
  details: "Dettagli",
  requestId: (id) => `Richiesta ${id}`,
};
