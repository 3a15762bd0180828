/** The conversation suite of the local stack, held against the deployment that `SMOKE_URL` names. Run by `smoke.ts`. */
import { describe } from "node:test";
import { conversationSuite } from "../../server/test/conversation.suite.ts";

const { SMOKE_URL: url = "", SMOKE_ORIGIN: origin } = process.env;

describe(`conversations at ${url}`, { concurrency: 4 }, () => {
  conversationSuite({
    url: () => url,
    ...(origin !== undefined && { origin }),
  });
});
