/** Stands in for the built widget where only the template counts. */
export const it = () => import("./bedrock-chat.panel-x1.js");
