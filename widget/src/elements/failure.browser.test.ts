import { assert } from "@open-wc/testing";
import { until, warnings, widget } from "../../test/widget.ts";

describe("A connection that has failed for good", () => {
  it("says why on the console, once however often it is tried", async () => {
    const { chat, server } = await widget();
    server.intercept = () => ({
      code: "forbidden_origin",
      message: "Add https://shop.example to allowedOrigins.",
    });
    const said = await warnings(async () => {
      for (let i = 1; i <= 2; i++) {
        await chat.connect();
        await until(
          () =>
            chat.connectionState === "failed" && server.received.length === i,
          "the failure",
        );
      }
    });
    assert.deepEqual(said, [
      "<bedrock-chat> Add https://shop.example to allowedOrigins.",
    ]);
  });
});
