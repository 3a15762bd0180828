/**
 * What a month costs: list prices times what a question uses. No free tier and no discount is taken off. Change a price or
 * an assumption here, run `npm run cost -- --write`, and the table in the README follows.
 */

/**
 * When the lists were read. They change, and they differ by region: read them again before you rely on the table. The prices
 * of Claude Haiku 4.5 were looked up again in November 2026.
 */
export const PRICES_AS_OF = "June 2026";

/** US dollars, US East (N. Virginia), first tier. */
export const PRICES = {
  /** https://aws.amazon.com/bedrock/pricing/ , a million tokens; Claude Haiku 4.5 by its global profile. By those of a region it costs 10 % more. */
  haikuInput: 1,
  haikuOutput: 5,
  /** The same page; Amazon Nova Lite. */
  novaLiteInput: 0.06,
  novaLiteOutput: 0.24,
  /** https://aws.amazon.com/api-gateway/pricing/ , a million messages of up to 32 KB, and a million connection minutes. */
  webSocketMessages: 1,
  connectionMinutes: 0.25,
  /** https://aws.amazon.com/lambda/pricing/ , a million requests, and a GB-second on Arm. */
  lambdaRequests: 0.2,
  lambdaGbSecond: 0.000_013_333_4,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ , a million units, and a GB a month with its backup. */
  writeUnits: 0.625,
  readUnits: 0.125,
  tableGb: 0.25 + 0.2,
  /** https://aws.amazon.com/cloudwatch/pricing/ , a GB of logs, a metric, a dashboard and a metric of an alarm a month. */
  logsGb: 0.5,
  metric: 0.3,
  dashboard: 3,
  alarmMetric: 0.1,
  /** https://aws.amazon.com/xray/pricing/ , a million traces. */
  traces: 5,
  /** https://aws.amazon.com/cloudfront/pricing/ , a million HTTPS requests, and a GB. */
  cdnRequests: 1,
  cdnGb: 0.085,
  /** https://aws.amazon.com/secrets-manager/pricing/ , a secret a month. */
  secret: 0.4,
} as const;

/** What a question uses. The first ten are guesses about visitors and models; the rest was measured. */
export const ASSUMPTIONS = {
  /** Questions of one visit, which is one connection. */
  questionsPerVisit: 4,
  /** Page views for each question: nearly all visitors of a page ask nothing. */
  pageViewsPerQuestion: 20,
  /** Of page views with a script that the browser has kept already. */
  cachedViews: 0.5,
  connectionMinutes: 6,
  heartbeatsPerMinute: 0.25,
  /** System prompt, earlier turns and the question. */
  inputTokens: 1_200,
  /** About 1,200 characters. */
  outputTokens: 300,
  /** From the worker's first line to its last. */
  workerSeconds: 5,
  routerSeconds: 0.06,
  daysKept: 30,

  /** `npm run bench -w server`: an answer of 1 KB by a model that writes 400 characters a second, and a connection. */
  writeUnits: 44,
  readUnits: 16,
  posts: 25,
  writeUnitsPerVisit: 7,
  /** Connect, hello, disconnect; a send is counted with its question. */
  routerCallsPerVisit: 3,
  /** The turn and its part of the conversation, once the frames have expired. */
  kilobytesStored: 3,
  kilobytesLogged: 4,
  /** `npm run size`, compressed and rounded up: what a page loads before somebody opens the chat, and what opening it adds. */
  scriptKilobytes: 7,
  panelKilobytes: 40,
  /** Files of the two. */
  scriptFiles: 2,
  panelFiles: 1,
  memoryGb: 0.5,
  /** X-Ray's default: one request a second, and 5 of 100 beyond. */
  tracedShare: 0.05,
  /** METRICS in server/src/names.ts. */
  metrics: 14,
  /** Reasons of refusals that occur: each is a metric too. */
  refusalReasons: 3,
  /** An alarm on a sum is paid for each metric in it. */
  alarmMetrics: 10,
} as const;

export interface CostLine {
  readonly what: string;
  /** US dollars a month. */
  readonly dollars: number;
}

const MILLION = 1_000_000;
const KILOBYTES_PER_GB = 1_000_000;

/** The bill of a month with so many questions, the model apart from the rest. */
export function costOf(questions: number): {
  readonly lines: readonly CostLine[];
  readonly haiku: number;
  readonly novaLite: number;
} {
  const a = ASSUMPTIONS;
  const p = PRICES;
  const visits = questions / a.questionsPerVisit;
  const minutes = visits * a.connectionMinutes;
  const millions = (count: number, price: number) => (count / MILLION) * price;
  const gigabytes = (kilobytes: number) =>
    (questions * kilobytes) / KILOBYTES_PER_GB;

  // Frames of the client, and a heartbeat with its answer; what the functions post is counted too.
  const messages =
    questions * (1 + a.posts) +
    visits * 2 +
    minutes * a.heartbeatsPerMinute * 2;
  const routerCalls = questions + visits * a.routerCallsPerVisit;
  const gbSeconds =
    a.memoryGb * (questions * a.workerSeconds + routerCalls * a.routerSeconds);
  const loads = questions * a.pageViewsPerQuestion * (1 - a.cachedViews);
  const model = (input: number, output: number) =>
    millions(questions * a.inputTokens, input) +
    millions(questions * a.outputTokens, output);

  return {
    lines: [
      {
        what: "API Gateway",
        dollars:
          millions(messages, p.webSocketMessages) +
          millions(minutes, p.connectionMinutes),
      },
      {
        what: "Lambda",
        dollars:
          millions(questions + routerCalls, p.lambdaRequests) +
          gbSeconds * p.lambdaGbSecond,
      },
      {
        what: "DynamoDB",
        dollars:
          millions(
            questions * a.writeUnits + visits * a.writeUnitsPerVisit,
            p.writeUnits,
          ) +
          millions(questions * a.readUnits, p.readUnits) +
          gigabytes(a.kilobytesStored) * (a.daysKept / 30) * p.tableGb,
      },
      {
        what: "CloudWatch and X-Ray",
        dollars:
          gigabytes(a.kilobytesLogged) * p.logsGb +
          (a.metrics + a.refusalReasons) * p.metric +
          p.dashboard +
          a.alarmMetrics * p.alarmMetric +
          millions((questions + routerCalls) * a.tracedShare, p.traces),
      },
      {
        what: "CloudFront (the script)",
        dollars:
          millions(
            loads * a.scriptFiles + visits * a.panelFiles,
            p.cdnRequests,
          ) +
          ((loads * a.scriptKilobytes + visits * a.panelKilobytes) /
            KILOBYTES_PER_GB) *
            p.cdnGb,
      },
      { what: "Secrets Manager", dollars: p.secret },
    ],
    haiku: model(p.haikuInput, p.haikuOutput),
    novaLite: model(p.novaLiteInput, p.novaLiteOutput),
  };
}

const VOLUMES = [1_000, 100_000, 10_000_000];

/** The README's table, in Markdown. */
export function costTable(): string {
  const bills = VOLUMES.map((questions) => costOf(questions));
  const rest = bills.map(({ lines }) =>
    lines.reduce((sum, { dollars }) => sum + dollars, 0),
  );
  const row = (what: string, dollars: readonly number[]) =>
    `| ${[what, ...dollars.map(format)].join(" | ")} |`;
  const total = (model: "haiku" | "novaLite") =>
    bills.map((bill, i) => bill[model] + rest[i]!);
  return [
    `| US dollars a month (list prices of ${PRICES_AS_OF}) | ${VOLUMES.map((n) => `${n.toLocaleString("en")} questions`).join(" | ")} |`,
    "| --- | --: | --: | --: |",
    ...bills[0]!.lines.map(({ what }, i) =>
      row(
        what,
        bills.map(({ lines }) => lines[i]!.dollars),
      ),
    ),
    row("**all but the model**", rest),
    row(
      "Claude Haiku 4.5",
      bills.map(({ haiku }) => haiku),
    ),
    row("**with Claude Haiku 4.5**", total("haiku")),
    row(
      "Amazon Nova Lite",
      bills.map(({ novaLite }) => novaLite),
    ),
    row("**with Amazon Nova Lite**", total("novaLite")),
  ].join("\n");
}

const format = (dollars: number): string =>
  dollars.toLocaleString("en", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
