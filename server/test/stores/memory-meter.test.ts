import { describe } from "node:test";
import { MemoryMeter } from "../fakes/memory-meter.ts";
import { meterSuite } from "./meter.suite.ts";

describe("memory meter", () => {
  meterSuite(() => {
    const meter = new MemoryMeter();
    return Promise.resolve({
      meter,
      flip: (off) => {
        meter.isSwitchedOff = off;
        return Promise.resolve();
      },
    });
  });
});
