import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "de";
const newAnswers = plural(lang, {
  one: "# neue Antwort",
  other: "# neue Antworten",
});

/** German, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "Hallo! Wie kann ich helfen?",
  placeholder: "Stellen Sie eine Frage …",

  openChat: "Chat öffnen",
  closeChat: "Chat schließen",
  unread: newAnswers,
  loadFailed:
    "Der Chat konnte nicht geladen werden. Bitte versuchen Sie es noch einmal.",

  conversation: "Unterhaltung",
  question: "Ihre Frage",
  newConversation: "Neue Unterhaltung",
  send: "Senden",
  stop: "Antwort anhalten",

  you: "Sie",
  assistant: "Assistent",

  writing: "Schreibt eine Antwort",
  waiting: "Wartet auf das Senden",
  remove: "Entfernen",
  stopped: "Angehalten",
  shortened: "Diese Antwort hat ihre größte Länge erreicht.",
  filtered: "Ein Teil dieser Antwort wurde von einem Filter zurückgehalten.",
  guarded:
    "Die Schutzregeln dieser Website haben diese Antwort geändert oder zurückgehalten.",
  continue: "Weiter",
  continueQuestion: "Bitte fahren Sie fort.",

  retry: "Noch einmal versuchen",
  regenerate: "Neu antworten",
  edit: "Frage bearbeiten",
  save: "Senden",
  cancel: "Abbrechen",
  copy: "Kopieren",
  copied: "Kopiert",
  copyCode: "Code kopieren",
  good: "Gute Antwort",
  bad: "Schlechte Antwort",
  comment: "Was war nicht in Ordnung? (freiwillig)",
  sendComment: "Kommentar senden",
  thanks: "Danke für Ihre Rückmeldung.",

  code: (language) => `Code: ${language}`,
  table: "Tabelle",
  taskDone: "Erledigt",
  taskOpen: "Offen",

  starters: "Vorgeschlagene Fragen",
  transcript: (date) => `Unterhaltung vom ${date}`,

  justNow: "gerade eben",
  jumpToLatest: "Zum Neuesten springen",
  newAnswers,
  loadingOlder: "Frühere Nachrichten werden geladen …",
  charactersLeft: plural(lang, {
    one: "Noch # Zeichen",
    other: "Noch # Zeichen",
  }),
  tooLong: plural(lang, {
    one: "# Zeichen zu lang",
    other: "# Zeichen zu lang",
  }),

  connecting: "Verbindung wird hergestellt …",
  online: "Verbunden",
  reconnecting: "Verbindung unterbrochen. Sie wird wiederhergestellt …",
  offline:
    "Sie sind offline. Fragen werden gesendet, sobald Sie wieder online sind.",
  failed: "Der Chat ist nicht erreichbar.",
  connect: "Neu verbinden",

  errors: {
    bad_request: "Der Chat hat etwas gesendet, das der Server nicht versteht.",
    too_large: "Diese Frage ist zu lang. Bitte kürzen Sie sie.",
    unauthorized: "Bitte melden Sie sich an, um den Chat zu benutzen.",
    forbidden_origin: "Auf dieser Seite ist der Chat nicht verfügbar.",
    not_found: "Diese Unterhaltung gibt es nicht mehr.",
    model_rejected: "Diese Frage konnte nicht beantwortet werden.",
    context_too_long:
      "Diese Unterhaltung ist zu lang geworden. Bitte beginnen Sie eine neue.",
    budget_exceeded: "Der Chat hat sein Limit vorerst erreicht.",
    not_ready: "Der Chat ist noch nicht bereit.",
    busy: "Die letzte Frage wird noch beantwortet.",
    rate_limited: "Das war ein wenig zu schnell.",
    model_throttled: "Gerade stellen sehr viele Menschen Fragen.",
    model_unavailable: "Der Assistent ist im Moment nicht verfügbar.",
    stream_truncated: "Die Antwort ist abgebrochen.",
    timeout: "Die Antwort hat zu lange gedauert.",
    internal: "Da ist etwas schiefgegangen.",
  },
  tryAgainIn: (seconds) =>
    `Bitte versuchen Sie es ${inTime(lang, seconds)} noch einmal.`,
  details: "Einzelheiten",
  requestId: (id) => `Anfrage ${id}`,
};
