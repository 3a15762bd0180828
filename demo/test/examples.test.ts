import { testExamples } from "./support/examples.ts";

// All of them: `npm run test:examples`.
testExamples(["plain", "tag-manager", "vite-ts", "react", "vue"]);
