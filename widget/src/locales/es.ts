import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "es";
const newAnswers = plural(lang, {
  one: "# respuesta nueva",
  many: "# de respuestas nuevas",
  other: "# respuestas nuevas",
});

/** Spanish, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "¡Hola! ¿En qué puedo ayudarle?",
  placeholder: "Haga una pregunta…",

  openChat: "Abrir el chat",
  closeChat: "Cerrar el chat",
  unread: newAnswers,
  loadFailed: "No se ha podido cargar el chat. Inténtelo de nuevo.",

  conversation: "Conversación",
  question: "Su pregunta",
  newConversation: "Nueva conversación",
  send: "Enviar",
  stop: "Detener la respuesta",

  you: "Usted",
  assistant: "Asistente",

  writing: "Escribiendo una respuesta",
  waiting: "Pendiente de envío",
  remove: "Quitar",
  stopped: "Detenida",
  shortened: "Esta respuesta ha alcanzado su longitud máxima.",
  filtered: "Un filtro ha retenido parte de esta respuesta.",
  guarded:
    "Las protecciones de este sitio han modificado o retenido esta respuesta.",
  continue: "Continuar",
  continueQuestion: "Continúe, por favor.",

  retry: "Intentar de nuevo",
  regenerate: "Responder de nuevo",
  edit: "Editar la pregunta",
  save: "Enviar",
  cancel: "Cancelar",
  copy: "Copiar",
  copied: "Copiado",
  copyCode: "Copiar el código",
  good: "Buena respuesta",
  bad: "Mala respuesta",
  comment: "¿Qué ha fallado? (opcional)",
  sendComment: "Enviar el comentario",
  thanks: "Gracias por su opinión.",

  code: (language) => `Código: ${language}`,
  table: "Tabla",
  taskDone: "Hecha",
  taskOpen: "Pendiente",

  starters: "Preguntas sugeridas",
  transcript: (date) => `Conversación del ${date}`,

  justNow: "ahora mismo",
  jumpToLatest: "Ir a lo más reciente",
  newAnswers,
  loadingOlder: "Cargando mensajes anteriores…",
  charactersLeft: plural(lang, {
    one: "Queda # carácter",
    many: "Quedan # de caracteres",
    other: "Quedan # caracteres",
  }),
  tooLong: plural(lang, {
    one: "Sobra # carácter",
    many: "Sobran # de caracteres",
    other: "Sobran # caracteres",
  }),

  connecting: "Conectando…",
  online: "En línea",
  reconnecting: "Se ha perdido la conexión. Reconectando…",
  offline:
    "No tiene conexión. Las preguntas se enviarán cuando vuelva a tenerla.",
  failed: "No se puede acceder al chat.",
  connect: "Volver a conectar",

  errors: {
    bad_request: "El chat ha enviado algo que el servidor no entiende.",
    too_large: "Esta pregunta es demasiado larga. Acórtela, por favor.",
    unauthorized: "Inicie sesión para usar el chat.",
    forbidden_origin: "El chat no está disponible en esta página.",
    not_found: "Esta conversación ya no existe.",
    model_rejected: "No se ha podido responder a esta pregunta.",
    context_too_long:
      "Esta conversación se ha hecho demasiado larga. Empiece una nueva, por favor.",
    budget_exceeded: "El chat ha alcanzado su límite por ahora.",
    not_ready: "El chat aún no está listo.",
    busy: "Todavía se está respondiendo a la última pregunta.",
    rate_limited: "Ha ido un poco demasiado rápido.",
    model_throttled: "En este momento hay muchas personas preguntando.",
    model_unavailable: "El asistente no está disponible en este momento.",
    stream_truncated: "La respuesta se ha interrumpido.",
    timeout: "La respuesta ha tardado demasiado.",
    internal: "Algo ha salido mal.",
  },
  tryAgainIn: (seconds) => `Inténtelo de nuevo ${inTime(lang, seconds)}.`,
  details: "Detalles",
  requestId: (id) => `Solicitud ${id}`,
};
