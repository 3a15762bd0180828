/** Longer texts that commands show. */

export const MARKDOWN_TOUR = `# A tour of Markdown

A paragraph with **bold**, *italic*, ~~struck out~~ and \`inline code\`, a [link](https://commonmark.org/help/) and a bare
one: https://github.github.com/gfm/. Emoji too: 👋🏽 🎉 👩‍🚀.

## Lists

1. First this,
2. then that:
   - with a point below it
   - and another
     - even deeper
3. and done.

- [x] Tables, task lists, strikethrough
- [x] Code with a copy button
- [ ] Something left to do

## A table

| Service | What it does here | Price model |
| :--- | :---: | ---: |
| API Gateway | keeps the sockets | messages and minutes |
| Lambda | routes and answers | milliseconds |
| DynamoDB | remembers | reads and writes |
| Bedrock | writes the answers | tokens |

## A quotation

> Everything should be made as simple as possible,
> but not simpler.
>
> > — somebody who did not say it quite so

## Code

\`\`\`ts
const chat = document.querySelector("bedrock-chat");
chat?.addEventListener("chat-response-end", (event) => {
  console.log("answered", event);
});
\`\`\`

A picture, which loads only from places that the page allows:
![A drawing of a cloud](https://example.com/cloud.png)

---

<b>Raw HTML</b> stays what it is: text.
`;

export const CODE_SAMPLES = `Four languages, one after the other.

\`\`\`html
<script type="module" src="/bedrock-chat.js"></script>
<bedrock-chat endpoint="wss://example.com/prod" heading="Ask us"></bedrock-chat>
\`\`\`

\`\`\`python
def fibonacci(count: int) -> list[int]:
    """The first numbers of the sequence."""
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]


print(fibonacci(10))  # [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
\`\`\`

\`\`\`sql
SELECT service, SUM(tokens) AS tokens
FROM usage
WHERE day >= CURRENT_DATE - 7
GROUP BY service
ORDER BY tokens DESC;
\`\`\`

\`\`\`diff
- const answer = await model.ask(question);
+ for await (const piece of model.stream(question)) show(piece);
\`\`\`

A line that is too long for any chat scrolls by itself:

\`\`\`sh
curl --no-buffer --silent --show-error --header 'content-type: application/json' --data '{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}' http://localhost:8080/model/amazon.nova-lite-v1%3A0/converse
\`\`\`
`;

const WORDS = (
  "the answer grows word by word while the reader follows along and nothing is lost when a socket breaks because every " +
  "frame has a number and the next connection asks for what is missing so that in the end the text is complete"
).split(" ");
const WORDS_PER_PARAGRAPH = 60;

/** Exactly `length` characters of numbered paragraphs, the same ones each time. */
export function longText(length: number): string {
  let text = "";
  for (let paragraph = 1; text.length < length; paragraph++) {
    const words = Array.from(
      { length: WORDS_PER_PARAGRAPH },
      (_, at) => WORDS[(at + paragraph * 5) % WORDS.length],
    );
    text += `**${paragraph}.** ${words.join(" ")}.\n\n`;
  }
  return text.slice(0, length);
}

/** A sentence for each second, for an answer that takes its time. */
export const countingText = (seconds: number): string =>
  Array.from(
    { length: seconds },
    (_, at) => `Second ${at + 1} of ${seconds} has begun. `,
  )
    .join("")
    .trimEnd();
