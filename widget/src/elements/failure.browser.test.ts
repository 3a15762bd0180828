import { assert } from "@open-wc/testing";
import { until, widget } from "../../test/widget.ts";

describe("A connection that has failed for good", () => {
  it("says why on the console, once however often it is tried", async () => {
    const { chat, server } = await widget();
    server.intercept = () => ({
      code: "forbidden_origin",
      message: "Add https://shop.example to allowedOrigins.",
    });
    const { warn } = console;
    const said: string[] = [];
    console.warn = (text: string) => said.push(text);
    try {
      for (let i = 1; i <= 2; i++) {
        await chat.connect();
        await until(
          () =>
            chat.connectionState === "failed" && server.received.length === i,
          "the failure",
        );
      }
    } finally {
      console.warn = warn;
    }
    assert.deepEqual(said, [
      "<bedrock-chat> Add https://shop.example to allowedOrigins.",
    ]);
  });
});
