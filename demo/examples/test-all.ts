/** `npm run test:examples`: builds every example and chats on its page. */
import { testExamples } from "../test/support/examples.ts";
import { names } from "./project.ts";

testExamples(names);
