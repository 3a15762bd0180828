import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "ko";
const newAnswers = plural(lang, { other: "새 답변 #개" });

/** Korean, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "채팅",
  greeting: "안녕하세요! 무엇을 도와드릴까요?",
  placeholder: "질문을 입력하세요…",

  openChat: "채팅 열기",
  closeChat: "채팅 닫기",
  unread: newAnswers,
  loadFailed: "채팅을 불러오지 못했습니다. 다시 시도해 주세요.",

  conversation: "대화",
  question: "질문",
  newConversation: "새 대화",
  send: "보내기",
  stop: "답변 중지",

  you: "나",
  assistant: "어시스턴트",

  writing: "답변 작성 중",
  waiting: "전송 대기 중",
  remove: "삭제",
  stopped: "중지됨",
  shortened: "답변이 최대 길이에 도달했습니다.",
  filtered: "필터로 인해 답변의 일부가 표시되지 않습니다.",
  guarded: "이 사이트의 보호 기능이 이 답변을 변경했거나 표시하지 않았습니다.",
  continue: "계속",
  continueQuestion: "계속해 주세요.",

  retry: "다시 시도",
  regenerate: "다시 답변",
  edit: "질문 수정",
  save: "보내기",
  cancel: "취소",
  copy: "복사",
  copied: "복사됨",
  copyCode: "코드 복사",
  good: "좋은 답변",
  bad: "좋지 않은 답변",
  comment: "어떤 점이 아쉬웠나요? (선택 사항)",
  sendComment: "의견 보내기",
  thanks: "의견을 보내 주셔서 감사합니다.",

  code: (language) => `코드: ${language}`,
  table: "표",
  taskDone: "완료",
  taskOpen: "할 일",

  starters: "추천 질문",
  transcript: (date) => `${date} 대화`,

  justNow: "방금",
  jumpToLatest: "최신 메시지로 이동",
  newAnswers,
  loadingOlder: "이전 메시지를 불러오는 중…",
  charactersLeft: plural(lang, { other: "#자 남음" }),
  tooLong: plural(lang, { other: "#자 초과" }),

  connecting: "연결 중…",
  online: "온라인",
  reconnecting: "연결이 끊어졌습니다. 다시 연결하는 중…",
  offline: "오프라인 상태입니다. 다시 연결되면 질문이 전송됩니다.",
  failed: "채팅에 연결할 수 없습니다.",
  connect: "다시 연결",

  errors: {
    bad_request: "서버가 이해할 수 없는 내용이 전송되었습니다.",
    too_large: "질문이 너무 깁니다. 줄여서 다시 보내 주세요.",
    unauthorized: "채팅을 이용하려면 로그인해 주세요.",
    forbidden_origin: "이 페이지에서는 채팅을 이용할 수 없습니다.",
    not_found: "이 대화는 더 이상 존재하지 않습니다.",
    model_rejected: "이 질문에는 답변할 수 없었습니다.",
    context_too_long: "대화가 너무 길어졌습니다. 새 대화를 시작해 주세요.",
    budget_exceeded: "채팅이 현재 이용 한도에 도달했습니다.",
    not_ready: "채팅이 아직 준비되지 않았습니다.",
    busy: "이전 질문에 아직 답변하고 있습니다.",
    rate_limited: "조금 너무 빨랐습니다.",
    model_throttled: "지금 질문하는 사람이 많습니다.",
    model_unavailable: "지금은 어시스턴트를 이용할 수 없습니다.",
    stream_truncated: "답변이 중간에 끊어졌습니다.",
    timeout: "답변하는 데 시간이 너무 오래 걸렸습니다.",
    internal: "문제가 발생했습니다.",
  },
  tryAgainIn: (seconds) => `${inTime(lang, seconds)}에 다시 시도해 주세요.`,
  details: "자세히",
  requestId: (id) => `요청 ${id}`,
};
