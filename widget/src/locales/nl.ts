import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "nl";
const newAnswers = plural(lang, {
  one: "# nieuw antwoord",
  other: "# nieuwe antwoorden",
});

/** Dutch. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "Hallo! Waarmee kan ik helpen?",
  placeholder: "Stel een vraag…",

  openChat: "Chat openen",
  closeChat: "Chat sluiten",
  unread: newAnswers,
  loadFailed: "De chat kon niet worden geladen. Probeer het opnieuw.",

  conversation: "Gesprek",
  question: "Je vraag",
  newConversation: "Nieuw gesprek",
  send: "Versturen",
  stop: "Stoppen met antwoorden",

  you: "Jij",
  assistant: "Assistent",

  writing: "Schrijft een antwoord",
  waiting: "Wacht op versturen",
  remove: "Verwijderen",
  stopped: "Gestopt",
  shortened: "Dit antwoord heeft de maximale lengte bereikt.",
  filtered: "Een deel van dit antwoord is door een filter tegengehouden.",
  guarded:
    "De beveiliging van deze site heeft dit antwoord aangepast of tegengehouden.",
  continue: "Verder",
  continueQuestion: "Ga verder, alsjeblieft.",

  retry: "Opnieuw proberen",
  regenerate: "Opnieuw antwoorden",
  edit: "Vraag bewerken",
  save: "Versturen",
  cancel: "Annuleren",
  copy: "Kopiëren",
  copied: "Gekopieerd",
  copyCode: "Code kopiëren",
  good: "Goed antwoord",
  bad: "Slecht antwoord",
  comment: "Wat ging er mis? (niet verplicht)",
  sendComment: "Opmerking versturen",
  thanks: "Bedankt voor je reactie.",

  code: (language) => `Programmacode: ${language}`,
  table: "Tabel",
  taskDone: "Gedaan",
  taskOpen: "Te doen",

  starters: "Voorgestelde vragen",
  transcript: (date) => `Gesprek van ${date}`,

  justNow: "zojuist",
  jumpToLatest: "Naar het nieuwste",
  newAnswers,
  loadingOlder: "Eerdere berichten laden…",
  charactersLeft: plural(lang, { one: "Nog # teken", other: "Nog # tekens" }),
  tooLong: plural(lang, { one: "# teken te lang", other: "# tekens te lang" }),

  connecting: "Verbinden…",
  online: "Verbonden",
  reconnecting: "Verbinding verbroken. Opnieuw verbinden…",
  offline:
    "Je bent offline. Vragen worden verstuurd zodra je weer online bent.",
  failed: "De chat is niet bereikbaar.",
  connect: "Opnieuw verbinden",

  errors: {
    bad_request: "De chat heeft iets verstuurd dat de server niet begrijpt.",
    too_large: "Deze vraag is te lang. Maak hem korter.",
    unauthorized: "Log in om de chat te gebruiken.",
    forbidden_origin: "De chat is op deze pagina niet beschikbaar.",
    not_found: "Dit gesprek bestaat niet meer.",
    model_rejected: "Deze vraag kon niet worden beantwoord.",
    context_too_long:
      "Dit gesprek is te lang geworden. Begin een nieuw gesprek.",
    budget_exceeded: "De chat heeft voorlopig zijn limiet bereikt.",
    not_ready: "De chat is nog niet klaar.",
    busy: "De vorige vraag wordt nog beantwoord.",
    rate_limited: "Dat ging een beetje snel.",
    model_throttled: "Er stellen nu veel mensen een vraag.",
    model_unavailable: "De assistent is op dit moment niet beschikbaar.",
    stream_truncated: "Het antwoord is afgebroken.",
    timeout: "Het antwoord duurde te lang.",
    internal: "Er is iets misgegaan.",
  },
  tryAgainIn: (seconds) => `Probeer het ${inTime(lang, seconds)} opnieuw.`,
  details: "Meer informatie",
  requestId: (id) => `Aanvraag ${id}`,
};
