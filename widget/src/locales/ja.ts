import { inTime, plural } from "./format.ts";
import type { Locale } from "./locale.ts";

const lang = "ja";
const newAnswers = plural(lang, { other: "新しい回答 # 件" });

/** Japanese, in the polite form. */
export const locale: Locale = {
  lang,
  dir: "ltr",

  heading: "チャット",
  greeting: "こんにちは。ご用件をお聞かせください。",
  placeholder: "質問を入力…",

  openChat: "チャットを開く",
  closeChat: "チャットを閉じる",
  unread: newAnswers,
  loadFailed: "チャットを読み込めませんでした。もう一度お試しください。",

  conversation: "会話",
  question: "質問",
  newConversation: "新しい会話",
  send: "送信",
  stop: "回答を停止",

  you: "あなた",
  assistant: "アシスタント",

  writing: "回答を作成中",
  waiting: "送信待ち",
  remove: "取り消す",
  stopped: "停止しました",
  shortened: "この回答は長さの上限に達しました。",
  filtered: "この回答の一部はフィルターにより表示されません。",
  guarded:
    "このサイトの保護機能により、この回答は変更されたか、表示が控えられました。",
  continue: "続ける",
  continueQuestion: "続けてください。",

  retry: "再試行",
  regenerate: "もう一度回答",
  edit: "質問を編集",
  save: "送信",
  cancel: "キャンセル",
  copy: "コピー",
  copied: "コピーしました",
  copyCode: "コードをコピー",
  good: "良い回答",
  bad: "良くない回答",
  comment: "どこが良くありませんでしたか？（任意）",
  sendComment: "コメントを送信",
  thanks: "ご意見ありがとうございます。",

  code: (language) => `コード: ${language}`,
  table: "表",
  taskDone: "完了",
  taskOpen: "未完了",

  starters: "質問の例",
  transcript: (date) => `${date} の会話`,

  justNow: "たった今",
  jumpToLatest: "最新へ移動",
  newAnswers,
  loadingOlder: "以前のメッセージを読み込み中…",
  charactersLeft: plural(lang, { other: "残り # 文字" }),
  tooLong: plural(lang, { other: "# 文字超過しています" }),

  connecting: "接続中…",
  online: "オンライン",
  reconnecting: "接続が切れました。再接続中…",
  offline: "オフラインです。質問は接続が回復したときに送信されます。",
  failed: "チャットに接続できません。",
  connect: "再接続",

  errors: {
    bad_request: "サーバーが理解できない内容が送信されました。",
    too_large: "質問が長すぎます。短くしてください。",
    unauthorized: "チャットを利用するにはサインインしてください。",
    forbidden_origin: "このページではチャットを利用できません。",
    not_found: "この会話はもう存在しません。",
    model_rejected: "この質問には回答できませんでした。",
    context_too_long: "会話が長くなりすぎました。新しい会話を始めてください。",
    budget_exceeded: "チャットは現在、利用上限に達しています。",
    not_ready: "チャットの準備がまだできていません。",
    busy: "前の質問に回答しているところです。",
    rate_limited: "送信の間隔が短すぎます。",
    model_throttled: "現在、質問が集中しています。",
    model_unavailable: "アシスタントは現在利用できません。",
    stream_truncated: "回答が途中で途切れました。",
    timeout: "回答に時間がかかりすぎました。",
    internal: "問題が発生しました。",
  },
  tryAgainIn: (seconds) => `${inTime(lang, seconds)}にもう一度お試しください。`,
  details: "詳細",
  requestId: (id) => `リクエスト ${id}`,
};
