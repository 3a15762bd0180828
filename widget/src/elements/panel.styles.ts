import { answerStyles } from "./answer.styles.ts";
import { composerStyles } from "./composer.styles.ts";
import { frameStyles } from "./frame.styles.ts";
import { headerStyles } from "./header.styles.ts";
import { messageStyles } from "./message.styles.ts";
import { noticeStyles } from "./notice.styles.ts";
import { screenStyles } from "./screen.styles.ts";
import { transcriptStyles } from "./transcript.styles.ts";

/** What is inside the panel. Loaded with it. Later parts may change what earlier ones say. */
export const panelStyles =
  frameStyles +
  headerStyles +
  transcriptStyles +
  answerStyles +
  messageStyles +
  noticeStyles +
  composerStyles +
  screenStyles;
