/** A conversation of 5,000 messages: what is seen costs something, and the rest next to nothing. */
import { assert } from "@open-wc/testing";
import type { BedrockChat } from "./bedrock-chat.ts";
import { fillChat } from "../../test/long-chat.ts";
import {
  drawn,
  find,
  next,
  open,
  stepwise,
  until,
  widget,
} from "../../test/widget.ts";

const TURNS = 2_500;

const turnsOf = (chat: BedrockChat): HTMLElement[] => [
  ...find(chat, ".turns").querySelectorAll<HTMLElement>(":scope > .turn"),
];

/** Turns that are laid out and painted. */
const drawnTurns = (chat: BedrockChat): HTMLElement[] =>
  turnsOf(chat).filter((turn) =>
    turn.firstElementChild!.checkVisibility({ contentVisibilityAuto: true }),
  );

describe("5,000 messages", function () {
  this.timeout(60_000);

  it("are drawn only where they are seen", async () => {
    const made = await widget();
    await open(made.chat);
    await fillChat(made, TURNS);
    await drawn();
    const { chat } = made;
    const transcript = find(chat, ".transcript");
    assert.isAtLeast(turnsOf(chat).length, TURNS);
    assert.isAtMost(drawnTurns(chat).length, 60);
    transcript.scrollTop = transcript.scrollHeight / 2;
    await drawn();
    await drawn();
    assert.isAtMost(drawnTurns(chat).length, 60);
  });

  it("are left alone while an answer is written below them", async () => {
    const pieces = Array.from({ length: 20 }, (_, i) => `Piece ${i}. `);
    const { answer, step } = stepwise(...pieces);
    let asked = 0;
    const made = await widget(
      {},
      { answer: () => (asked++ ? answer() : "Yes.") },
    );
    await open(made.chat);
    await fillChat(made, TURNS);
    await drawn();
    const { chat } = made;
    const ended = next(chat, "chat-response-end");
    await chat.send("One more?");
    await until(() => chat.messages.at(-1)!.answer !== "", "the first piece");
    await drawn();
    const touched = new Set<Element>();
    let records = 0;
    const observer = new MutationObserver((all) => {
      for (const { target } of all) {
        records++;
        const element =
          target instanceof Element ? target : target.parentElement;
        touched.add(element!.closest(".turn") ?? element!);
      }
    });
    observer.observe(find(chat, ".turns"), {
      attributes: true,
      characterData: true,
      childList: true,
      subtree: true,
    });
    for (const piece of pieces.slice(1)) {
      step();
      await until(() => chat.messages.at(-1)!.answer.includes(piece), piece);
      await drawn();
    }
    observer.disconnect();
    const others = [...touched].filter((each) => each !== turnsOf(chat).at(-1));
    assert.deepEqual(
      others.map(({ outerHTML }) => outerHTML.slice(0, 1_000)),
      [],
    );
    assert.isBelow(records / pieces.length, 40, "changes for each piece");
    step();
    await ended;
  });

  it("come in above without moving what is read", async () => {
    const made = await widget();
    await open(made.chat);
    await fillChat(made, TURNS, TURNS - 40);
    const { chat } = made;
    const transcript = find(chat, ".transcript");
    await drawn();
    const [first] = turnsOf(chat);
    transcript.scrollTop = 100;
    const top = first!.getBoundingClientRect().top;
    await until(() => chat.messages.length >= TURNS, "the older ones");
    await drawn();
    assert.closeTo(first!.getBoundingClientRect().top, top, 2);
    assert.isAtLeast(turnsOf(chat).length, TURNS);
  });
});
