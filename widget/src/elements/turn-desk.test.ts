import assert from "node:assert/strict";
import test from "node:test";
import type { TurnForms } from "./message.ts";
import type { PanelHost } from "./panel-host.ts";
import { TurnDesk } from "./turn-desk.ts";

test("a form that cannot be loaded is not open, and the next one is tried again", async (context) => {
  const { mock } = context.mock.method(console, "error", () => {});
  const forms = {} as TurnForms;
  const loads = [
    () => Promise.reject(new Error("offline")),
    () => Promise.resolve(forms),
  ];
  const focused: string[] = [];
  const desk = new TurnDesk({
    loadForms: () => loads.shift()!(),
    render: () => {},
    requestRender: () => {},
    find: (selector: string) => ({ focus: () => focused.push(selector) }),
  } as unknown as PanelHost);

  await desk.setForm("editing", "turn");
  assert.equal(desk.editing, undefined);
  assert.equal(mock.callCount(), 1);
  await desk.setForm("editing", "turn");
  assert.equal(desk.editing, "turn");
  assert.equal(desk.forms, forms);
  assert.deepEqual(focused, ["[data-form=editing]"]);
});
