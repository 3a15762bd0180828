import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "fr";
const newAnswers = plural(lang, {
  one: "# nouvelle réponse",
  many: "# de nouvelles réponses",
  other: "# nouvelles réponses",
});

/** French, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "Bonjour ! Comment puis-je vous aider ?",
  placeholder: "Posez une question…",

  openChat: "Ouvrir le chat",
  closeChat: "Fermer le chat",
  unread: newAnswers,
  loadFailed: "Le chat n’a pas pu être chargé. Veuillez réessayer.",

  conversation: "Conversation",
  question: "Votre question",
  newConversation: "Nouvelle conversation",
  send: "Envoyer",
  stop: "Arrêter la réponse",

  you: "Vous",
  assistant: "Assistant",

  writing: "Rédige une réponse",
  waiting: "En attente d’envoi",
  remove: "Retirer",
  stopped: "Arrêtée",
  shortened: "Cette réponse a atteint sa longueur maximale.",
  filtered: "Une partie de cette réponse a été retenue par un filtre.",
  guarded: "Les protections de ce site ont modifié ou retenu cette réponse.",
  continue: "Continuer",
  continueQuestion: "Continuez, s’il vous plaît.",

  retry: "Réessayer",
  regenerate: "Répondre à nouveau",
  edit: "Modifier la question",
  save: "Envoyer",
  cancel: "Annuler",
  copy: "Copier",
  copied: "Copié",
  copyCode: "Copier le code",
  good: "Bonne réponse",
  bad: "Mauvaise réponse",
  comment: "Qu’est-ce qui n’allait pas ? (facultatif)",
  sendComment: "Envoyer le commentaire",
  thanks: "Merci de votre retour.",

  code: (language) => `Code : ${language}`,
  table: "Tableau",
  taskDone: "Fait",
  taskOpen: "À faire",

  starters: "Questions suggérées",
  transcript: (date) => `Conversation du ${date}`,

  justNow: "à l’instant",
  jumpToLatest: "Aller au plus récent",
  newAnswers,
  loadingOlder: "Chargement des messages précédents…",
  charactersLeft: plural(lang, {
    one: "# caractère restant",
    many: "# de caractères restants",
    other: "# caractères restants",
  }),
  tooLong: plural(lang, {
    one: "# caractère de trop",
    many: "# de caractères de trop",
    other: "# caractères de trop",
  }),

  connecting: "Connexion…",
  online: "En ligne",
  reconnecting: "Connexion perdue. Reconnexion…",
  offline: "Vous êtes hors ligne. Vos questions partiront à votre retour.",
  failed: "Le chat est injoignable.",
  connect: "Se reconnecter",

  errors: {
    bad_request:
      "Le chat a envoyé quelque chose que le serveur ne comprend pas.",
    too_large: "Cette question est trop longue. Veuillez la raccourcir.",
    unauthorized: "Veuillez vous connecter pour utiliser le chat.",
    forbidden_origin: "Le chat n’est pas disponible sur cette page.",
    not_found: "Cette conversation n’existe plus.",
    model_rejected: "Il n’a pas été possible de répondre à cette question.",
    context_too_long:
      "Cette conversation est devenue trop longue. Veuillez en commencer une nouvelle.",
    budget_exceeded: "Le chat a atteint sa limite pour le moment.",
    not_ready: "Le chat n’est pas encore prêt.",
    busy: "La réponse à la question précédente est en cours.",
    rate_limited: "C’était un peu trop rapide.",
    model_throttled: "Beaucoup de personnes posent des questions en ce moment.",
    model_unavailable: "L’assistant n’est pas disponible pour le moment.",
    stream_truncated: "La réponse s’est interrompue.",
    timeout: "La réponse a pris trop de temps.",
    internal: "Une erreur s’est produite.",
  },
  tryAgainIn: (seconds) => `Veuillez réessayer ${inTime(lang, seconds)}.`,
  details: "Détails",
  requestId: (id) => `Requête ${id}`,
};
