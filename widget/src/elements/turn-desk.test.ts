import assert from "node:assert/strict";
import test from "node:test";
import type { TurnForms } from "./message.ts";
import { TurnDesk, type TurnDeskOptions } from "./turn-desk.ts";

test("a form that cannot be loaded is not open, and the next one is tried again", async (context) => {
  const { mock } = context.mock.method(console, "error", () => {});
  const forms = {} as TurnForms;
  const loads = [
    () => Promise.reject(new Error("offline")),
    () => Promise.resolve(forms),
  ];
  let draw = (): void => {};
  const desk = new TurnDesk({
    loadForms: () => loads.shift()!(),
    requestRender: () => draw(),
  } as TurnDeskOptions);
  const open = (): Promise<void> =>
    new Promise((opened) => {
      draw = () => {
        if (desk.forms || !desk.editing) opened();
      };
      desk.setEditing("turn");
    });

  await open();
  assert.equal(desk.editing, undefined);
  assert.equal(mock.callCount(), 1);
  await open();
  assert.equal(desk.editing, "turn");
  assert.equal(desk.forms, forms);
});
