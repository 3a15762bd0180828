import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "zh-Hans";
const newAnswers = plural(lang, { other: "# 条新回答" });

/** Chinese in simplified characters. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "聊天",
  greeting: "您好！有什么可以帮您？",
  placeholder: "请输入问题…",

  openChat: "打开聊天",
  closeChat: "关闭聊天",
  unread: newAnswers,
  loadFailed: "聊天加载失败，请重试。",

  conversation: "对话",
  question: "您的问题",
  newConversation: "新对话",
  send: "发送",
  stop: "停止回答",

  you: "您",
  assistant: "助手",

  writing: "正在撰写回答",
  waiting: "等待发送",
  remove: "移除",
  stopped: "已停止",
  shortened: "此回答已达到最大长度。",
  filtered: "此回答的部分内容已被过滤。",
  guarded: "本网站的保护机制更改或隐去了此回答。",
  continue: "继续",
  continueQuestion: "请继续。",

  retry: "重试",
  regenerate: "重新回答",
  edit: "编辑问题",
  save: "发送",
  cancel: "取消",
  copy: "复制",
  copied: "已复制",
  copyCode: "复制代码",
  good: "回答得好",
  bad: "回答得不好",
  comment: "哪里有问题？（选填）",
  sendComment: "发送评论",
  thanks: "感谢您的反馈。",

  code: (language) => `代码：${language}`,
  table: "表格",
  taskDone: "已完成",
  taskOpen: "待办",

  starters: "推荐问题",
  transcript: (date) => `${date}的对话`,

  justNow: "刚刚",
  jumpToLatest: "跳到最新",
  newAnswers,
  loadingOlder: "正在加载更早的消息…",
  charactersLeft: plural(lang, { other: "还可输入 # 个字符" }),
  tooLong: plural(lang, { other: "超出 # 个字符" }),

  connecting: "正在连接…",
  online: "在线",
  reconnecting: "连接已断开，正在重新连接…",
  offline: "您已离线。恢复连接后将发送问题。",
  failed: "无法连接到聊天。",
  connect: "重新连接",

  errors: {
    bad_request: "聊天发送了服务器无法理解的内容。",
    too_large: "问题太长了，请缩短。",
    unauthorized: "请登录后使用聊天。",
    forbidden_origin: "此页面无法使用聊天。",
    not_found: "此对话已不存在。",
    model_rejected: "无法回答此问题。",
    context_too_long: "此对话过长，请开始新的对话。",
    budget_exceeded: "聊天暂时已达到使用上限。",
    not_ready: "聊天尚未准备好。",
    busy: "上一个问题仍在回答中。",
    rate_limited: "操作有点太快了。",
    model_throttled: "当前提问的人较多。",
    model_unavailable: "助手暂时不可用。",
    stream_truncated: "回答中断了。",
    timeout: "回答用时过长。",
    internal: "出了点问题。",
  },
  tryAgainIn: (seconds) => `请在${inTime(lang, seconds)}重试。`,
  details: "详情",
  requestId: (id) => `请求 ${id}`,
};
