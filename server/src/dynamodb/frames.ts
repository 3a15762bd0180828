import { randomUUID } from "node:crypto";
import type { TurnFrame } from "bedrock-chat-widget/protocol";
import type { Store } from "../chat/ports.ts";
import { frameSortKey, framesPartition, type Key } from "./keys.ts";
import { ALIVE, type Item, type Table } from "./table.ts";

/** Long after the turn has ended, its frames are still there for whoever reconnects. */
const FRAMES_MS = 60 * 60_000;

/** JSON characters per item: below 400 KB even if each one takes three bytes. */
const MOST_CHARACTERS = 120_000;

type Frames = Pick<
  Store,
  "appendFrames" | "listFrames" | "lastSeq" | "deleteFrames"
>;

/**
 * The frame log of each turn. An entry holds the frames of one `appendFrames` under the `seq` of its first, so that a
 * flush is one write whose cost is its own size, and two writers that continue the same log meet at the same key.
 */
export function framesIn(table: Table): Frames {
  return {
    async appendFrames(key, frames) {
      for (const entry of entries(frames)) {
        const id = {
          pk: framesPartition(key),
          sk: frameSortKey(entry[0]!.seq),
        };
        const writer = randomUUID();
        const put = await table.put(
          {
            ...id,
            writer,
            last: entry.at(-1)!.seq,
            frames: JSON.stringify(entry),
            ttl: table.expiry(FRAMES_MS),
          },
          "attribute_not_exists(#pk)",
        );
        // Not put, but by this writer: the SDK repeated a write that had arrived.
        if (!put && (await table.get(id))?.writer !== writer) return false;
      }
      return true;
    },

    async listFrames(key, after) {
      const frames: TurnFrame[] = [];
      const values = {
        ":pk": framesPartition(key),
        ":after": frameSortKey(Math.max(after, 0)),
      };
      const collect = (item: Item) => {
        const entry = JSON.parse(item.frames as string) as TurnFrame[];
        frames.push(...entry.filter(({ seq }) => seq > after));
      };
      // The entry that begins at or before `after` may reach beyond it.
      const last = await first(
        table.query({
          where: "#pk = :pk AND #sk <= :after",
          filter: ALIVE,
          values,
          newestFirst: true,
          pageSize: 1,
        }),
      );
      if (last) collect(last);
      const later = table.query({
        where: "#pk = :pk AND #sk > :after",
        filter: ALIVE,
        values,
      });
      for await (const page of later) page.forEach(collect);
      return frames;
    },

    async lastSeq(key) {
      const last = await first(
        table.query({
          where: "#pk = :pk",
          filter: ALIVE,
          values: { ":pk": framesPartition(key) },
          newestFirst: true,
          pageSize: 1,
          only: "#last",
        }),
      );
      return last ? (last.last as number) : -1;
    },

    async deleteFrames(key) {
      const pages = table.query({
        where: "#pk = :pk",
        values: { ":pk": framesPartition(key) },
        only: "#pk, #sk",
      });
      for await (const page of pages)
        await table.deleteAll(page as unknown as Key[]);
    },
  };
}

/** `frames` in pieces that fit into an item. */
function* entries(frames: readonly TurnFrame[]): Generator<TurnFrame[]> {
  let entry: TurnFrame[] = [];
  let size = 0;
  for (const frame of frames) {
    const { length } = JSON.stringify(frame);
    if (entry.length > 0 && size + length > MOST_CHARACTERS) {
      yield entry;
      entry = [];
      size = 0;
    }
    entry.push(frame);
    size += length;
  }
  if (entry.length > 0) yield entry;
}

async function first(pages: AsyncIterable<Item[]>): Promise<Item | undefined> {
  for await (const page of pages) return page[0];
  return undefined;
}
