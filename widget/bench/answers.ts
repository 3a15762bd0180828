/** Parts that answers are made of, none of which depends on another. */
const parts = [
  "## How the queue works\n\n",
  "A **worker** takes the *oldest* message, runs `handle(message)` and answers with [a receipt](https://docs.example/receipts). It goes on until the queue is empty, or until it is told to stop.\n\n",
  "- First, **accept** the message\n- Then store it, as `pending`\n  - once only\n  - with its time\n- At last, answer\n\n",
  "1. Open the console\n2. Choose *Queues*\n3. Press ~~Start~~ **Run**\n\n",
  "```ts\nexport async function handle(message: Message) {\n  const receipt = await store(message);\n  return { id: receipt.id, at: Date.now() };\n}\n```\n\n",
  "| Setting | Default | Meaning |\n|:--|--:|---|\n| `retries` | 3 | How often to try again |\n| `delay` | 200 ms | How long to **wait** |\n| `dead` | none | Where to put what failed |\n\n",
  "> Note that a message may come twice: see https://docs.example/twice.\n\n",
];

/** An answer of about `length` characters, made of all that answers usually hold. */
export function ordinaryAnswer(length: number): string {
  let text = "";
  for (let index = 0; text.length < length; index++)
    text += parts[index % parts.length];
  return text;
}

const repeat = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length));

/** Answers that are one block from beginning to end, which must not be read over and over. */
export const longBlocks: Readonly<Record<string, (length: number) => string>> =
  {
    "one paragraph": (length) =>
      repeat("Some **bold** and `code` in a long line. ", length),
    "one paragraph of many lines": (length) =>
      repeat("Some *soft* words,\nand [a link](/b) more.\n", length),
    "one list": (length) => repeat("- an item with **bold** text\n", length),
    "one loose list": (length) =>
      repeat("1. an item\n\n   and more\n\n", length),
    "one quote": (length) => repeat("> quoted, with `code`\n>\n", length),
    "one table": (length) =>
      `| a | b |\n|---|---|\n${repeat("| **1** | two |\n", length)}`,
    "one block of code": (length) =>
      `\`\`\`js\n${repeat("const a = b.c(1);\n", length)}`,
    "one line of code": (length) =>
      `\`\`\`\n${repeat("0123456789abcdef", length)}`,
  };
