import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "pl";
const newAnswers = plural(lang, {
  one: "# nowa odpowiedź",
  few: "# nowe odpowiedzi",
  many: "# nowych odpowiedzi",
  other: "# nowej odpowiedzi",
});

/** Polish. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Czat",
  greeting: "Dzień dobry! W czym mogę pomóc?",
  placeholder: "Zadaj pytanie…",

  openChat: "Otwórz czat",
  closeChat: "Zamknij czat",
  unread: newAnswers,
  loadFailed: "Nie udało się wczytać czatu. Spróbuj ponownie.",

  conversation: "Rozmowa",
  question: "Twoje pytanie",
  newConversation: "Nowa rozmowa",
  send: "Wyślij",
  stop: "Zatrzymaj odpowiedź",

  you: "Ty",
  assistant: "Asystent",

  writing: "Pisze odpowiedź",
  waiting: "Czeka na wysłanie",
  remove: "Usuń",
  stopped: "Zatrzymano",
  shortened: "Ta odpowiedź osiągnęła maksymalną długość.",
  filtered: "Część tej odpowiedzi została zatrzymana przez filtr.",
  guarded: "Zabezpieczenia tej witryny zmieniły lub wstrzymały tę odpowiedź.",
  continue: "Kontynuuj",
  continueQuestion: "Proszę kontynuować.",

  retry: "Spróbuj ponownie",
  regenerate: "Odpowiedz jeszcze raz",
  edit: "Edytuj pytanie",
  save: "Wyślij",
  cancel: "Anuluj",
  copy: "Kopiuj",
  copied: "Skopiowano",
  copyCode: "Kopiuj kod",
  good: "Dobra odpowiedź",
  bad: "Zła odpowiedź",
  comment: "Co było nie tak? (opcjonalnie)",
  sendComment: "Wyślij komentarz",
  thanks: "Dziękujemy za opinię.",

  code: (language) => `Kod: ${language}`,
  table: "Tabela",
  taskDone: "Zrobione",
  taskOpen: "Do zrobienia",

  starters: "Proponowane pytania",
  transcript: (date) => `Rozmowa, ${date}`,

  justNow: "przed chwilą",
  jumpToLatest: "Przejdź do najnowszych",
  newAnswers,
  loadingOlder: "Wczytywanie wcześniejszych wiadomości…",
  charactersLeft: plural(lang, {
    one: "Pozostał # znak",
    few: "Pozostały # znaki",
    many: "Pozostało # znaków",
    other: "Pozostało # znaku",
  }),
  tooLong: plural(lang, {
    one: "O # znak za długie",
    few: "O # znaki za długie",
    many: "O # znaków za długie",
    other: "O # znaku za długie",
  }),

  connecting: "Łączenie…",
  online: "Połączono",
  reconnecting: "Utracono połączenie. Ponowne łączenie…",
  offline: "Jesteś offline. Pytania zostaną wysłane po powrocie połączenia.",
  failed: "Czat jest nieosiągalny.",
  connect: "Połącz ponownie",

  errors: {
    bad_request: "Czat wysłał coś, czego serwer nie rozumie.",
    too_large: "To pytanie jest za długie. Skróć je, proszę.",
    unauthorized: "Zaloguj się, aby korzystać z czatu.",
    forbidden_origin: "Czat nie jest dostępny na tej stronie.",
    not_found: "Tej rozmowy już nie ma.",
    model_rejected: "Nie udało się odpowiedzieć na to pytanie.",
    context_too_long: "Ta rozmowa stała się za długa. Rozpocznij nową, proszę.",
    budget_exceeded: "Czat osiągnął na razie swój limit.",
    not_ready: "Czat nie jest jeszcze gotowy.",
    busy: "Odpowiedź na poprzednie pytanie jeszcze trwa.",
    rate_limited: "To było trochę za szybko.",
    model_throttled: "W tej chwili pyta bardzo wiele osób.",
    model_unavailable: "Asystent jest w tej chwili niedostępny.",
    stream_truncated: "Odpowiedź została przerwana.",
    timeout: "Odpowiedź trwała za długo.",
    internal: "Coś poszło nie tak.",
  },
  tryAgainIn: (seconds) => `Spróbuj ponownie ${inTime(lang, seconds)}.`,
  details: "Szczegóły",
  requestId: (id) => `Żądanie ${id}`,
};
