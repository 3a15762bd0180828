import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "pt";
const newAnswers = plural(lang, {
  one: "# resposta nova",
  many: "# de respostas novas",
  other: "# respostas novas",
});

/** Portuguese, as it is written in Brazil. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "Chat",
  greeting: "Olá! Como posso ajudar?",
  placeholder: "Faça uma pergunta…",

  openChat: "Abrir o chat",
  closeChat: "Fechar o chat",
  unread: newAnswers,
  loadFailed: "Não foi possível carregar o chat. Tente novamente.",

  conversation: "Conversa",
  question: "Sua pergunta",
  newConversation: "Nova conversa",
  send: "Enviar",
  stop: "Parar a resposta",

  you: "Você",
  assistant: "Assistente",

  writing: "Escrevendo uma resposta",
  waiting: "Aguardando envio",
  remove: "Remover",
  stopped: "Interrompida",
  shortened: "Esta resposta atingiu o tamanho máximo.",
  filtered: "Parte desta resposta foi retida por um filtro.",
  guarded: "As proteções deste site alteraram ou retiveram esta resposta.",
  continue: "Continuar",
  continueQuestion: "Continue, por favor.",

  retry: "Tentar novamente",
  regenerate: "Responder de novo",
  edit: "Editar a pergunta",
  save: "Enviar",
  cancel: "Cancelar",
  copy: "Copiar",
  copied: "Copiado",
  copyCode: "Copiar o código",
  good: "Boa resposta",
  bad: "Resposta ruim",
  comment: "O que deu errado? (opcional)",
  sendComment: "Enviar comentário",
  thanks: "Agradecemos o seu comentário.",

  code: (language) => `Código: ${language}`,
  table: "Tabela",
  taskDone: "Feito",
  taskOpen: "A fazer",

  starters: "Perguntas sugeridas",
  transcript: (date) => `Conversa de ${date}`,

  justNow: "agora mesmo",
  jumpToLatest: "Ir para o mais recente",
  newAnswers,
  loadingOlder: "Carregando mensagens anteriores…",
  charactersLeft: plural(lang, {
    one: "Resta # caractere",
    many: "Restam # de caracteres",
    other: "Restam # caracteres",
  }),
  tooLong: plural(lang, {
    one: "# caractere a mais",
    many: "# de caracteres a mais",
    other: "# caracteres a mais",
  }),

  connecting: "Conectando…",
  online: "On-line",
  reconnecting: "Conexão perdida. Reconectando…",
  offline:
    "Você está sem conexão. As perguntas serão enviadas quando ela voltar.",
  failed: "Não é possível acessar o chat.",
  connect: "Conectar novamente",

  errors: {
    bad_request: "O chat enviou algo que o servidor não entende.",
    too_large: "Esta pergunta é longa demais. Encurte-a, por favor.",
    unauthorized: "Entre na sua conta para usar o chat.",
    forbidden_origin: "O chat não está disponível nesta página.",
    not_found: "Esta conversa não existe mais.",
    model_rejected: "Não foi possível responder a esta pergunta.",
    context_too_long:
      "Esta conversa ficou longa demais. Comece uma nova, por favor.",
    budget_exceeded: "O chat atingiu seu limite por enquanto.",
    not_ready: "O chat ainda não está pronto.",
    busy: "A última pergunta ainda está sendo respondida.",
    rate_limited: "Isso foi um pouco rápido demais.",
    model_throttled: "Muitas pessoas estão perguntando agora.",
    model_unavailable: "O assistente não está disponível no momento.",
    stream_truncated: "A resposta foi interrompida.",
    timeout: "A resposta demorou demais.",
    internal: "Algo deu errado.",
  },
  tryAgainIn: (seconds) => `Tente novamente ${inTime(lang, seconds)}.`,
  details: "Detalhes",
  requestId: (id) => `Solicitação ${id}`,
};
