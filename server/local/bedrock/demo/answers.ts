/** Answers from the documentation, and honest words where it has none. */
import { isCommand } from "./command-line.ts";
import type { Exchange } from "./conversation.ts";
import type { Section } from "./documentation.ts";
import { escapeMarkdown, excerpt, shorten } from "./markdown.ts";
import { matchCounter, searchTerms } from "./search.ts";
import type { DocumentationSearch } from "./search.ts";

const WHO =
  "I am the demo model: **not a language model**, only a full-text search over this project's own documentation.";
const MORE = "Type `/help` to see what else I can show.";

const LONGEST_EXCERPT = 1_400;
const MOST_MENTIONS = 2;
const LONGEST_ECHO = 120;

const GREETING =
  /^(hi|hello|hey|hallo|good (morning|day|afternoon|evening)|who are you|what are you|what can you do)\b.{0,20}$/i;
const THANKS = /^(thanks?|thank you|thx|great|ok(ay)?|nice|cool)\b.{0,20}$/i;
const ABOUT_THE_CONVERSATION =
  /\b(did|have) i (just |first )?(ask|say|said|want|write)|\bmy (first|last|previous|earlier) (question|message)|\b(we|you) (talk(ed)?|sa(y|id)|told me)\b/i;
const FOLLOW_UP =
  /^(and|but|so|why|how come|what about|how about|more|tell me more|really|explain|example|an example|again|in detail|else)\b/i;
const POINTS_BACK =
  /\b(it|its|that|this|they|them|those|these|there|one|ones|former|latter)\b/i;

const echo = (text: string): string =>
  `“${escapeMarkdown(text.length > LONGEST_ECHO ? `${shorten(text, LONGEST_ECHO)}…` : text)}”`;

/** Whether a question makes sense only together with the one before it. */
export function isVague(question: string): boolean {
  const terms = searchTerms(question).length;
  return (
    terms === 0 ||
    (terms <= 2 && FOLLOW_UP.test(question)) ||
    (terms <= 1 && POINTS_BACK.test(question))
  );
}

/** Markdown for the last of `conversation`, from what `search` finds. */
export function answerFrom(
  search: DocumentationSearch,
  conversation: readonly Exchange[],
): string {
  const question = conversation.at(-1)?.question ?? "";
  const earlier = conversation
    .slice(0, -1)
    .map((exchange) => exchange.question)
    .filter((text) => !isCommand(text));
  if (ABOUT_THE_CONVERSATION.test(question)) return recall(earlier);
  if (THANKS.test(question))
    return `You are welcome. Ask me anything about this project, or type \`/help\`.`;
  if (GREETING.test(question)) return introduce(search);
  const before = earlier.findLast((text) => !isVague(text));
  const joined = before !== undefined && isVague(question);
  const query = joined ? `${before} ${question}` : question;
  const found = search.find(query);
  const intro = joined
    ? `You asked ${echo(before)} before, so I looked for both questions together.`
    : earlier.length === 0
      ? WHO
      : undefined;
  const [best, ...others] = found;
  return best
    ? quote(best, others, { intro, question, query })
    : nothing(search, question, intro);
}

function quote(
  best: Section,
  others: readonly Section[],
  {
    intro,
    question,
    query,
  }: {
    readonly intro: string | undefined;
    readonly question: string;
    readonly query: string;
  },
): string {
  const { text, cut } = excerpt(
    best.text,
    LONGEST_EXCERPT,
    matchCounter(query),
  );
  const opening = [
    intro,
    `Closest to ${echo(question)} comes **${heading(best)}** in \`${best.file}\`:`,
  ];
  const mentions = others
    .slice(0, MOST_MENTIONS)
    .map((section) => `- **${heading(section)}** in \`${section.file}\``);
  return [
    opening.filter(Boolean).join(" "),
    text,
    cut ? `*There is more of this section in \`${best.file}\`.*` : undefined,
    mentions.length > 0
      ? `Related, by the same search:\n\n${mentions.join("\n")}`
      : undefined,
    intro === WHO ? MORE : undefined,
  ]
    .filter(Boolean)
    .join("\n\n");
}

const heading = ({ trail, title }: Section): string =>
  [...trail.slice(1), title].join(" › ");

function nothing(
  search: DocumentationSearch,
  question: string,
  intro = WHO,
): string {
  return `${intro} I found nothing about ${echo(question)} in it.\n\n${topics(search)}\n\n${MORE}`;
}

const introduce = (search: DocumentationSearch): string =>
  `Hello! ${WHO}\n\n${topics(search)}\n\n${MORE}`;

const MOST_TOPICS = 8;

/** What could be asked: one heading from each file in turn. */
function topics({ sections }: DocumentationSearch): string {
  if (sections.length === 0)
    return "There is no Markdown file in this project to search, so I know nothing at all.";
  const byFile = Map.groupBy(sections, ({ file }) => file);
  const rows = [...byFile.values()];
  const chosen: Section[] = [];
  for (let at = 0; at < Math.max(...rows.map((row) => row.length)); at++)
    for (const row of rows) {
      const section = row[at];
      if (section && chosen.length < MOST_TOPICS) chosen.push(section);
    }
  return `Ask me about, for example:\n\n${chosen
    .map((section) => `- ${section.title} (\`${section.file}\`)`)
    .join("\n")}`;
}

function recall(earlier: readonly string[]): string {
  if (earlier.length === 0)
    return "This is your first question in this conversation, as far as I was sent it.";
  const [only] = earlier;
  return only !== undefined && earlier.length === 1
    ? `Before this you asked ${echo(only)}. That is all of our conversation that I was sent; \`/history\` shows it.`
    : `Before this you asked:\n\n${earlier
        .map((text, index) => `${index + 1}. ${echo(text)}`)
        .join("\n")}\n\n\`/history\` shows all that I was sent.`;
}
