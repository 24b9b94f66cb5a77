import { describe, expect, test } from "vitest";
import { compact } from "./draftCase";
import { jsonOf, payloadOf } from "./payload";

describe("samples", () => {
  test("every value comes back as it was, a text that looks like JSON too", () => {
    for (const value of [1, "x", "1", '{"a":1}', { a: [null] }, null, true, ""]) expect(jsonOf(payloadOf(value))).toEqual(value);
  });
});

describe("a case", () => {
  test("what says nothing is not written", () => {
    expect(compact({ name: "n", given: [{ node: "a", at: 0, payload: "", topic: "", key: "" }], expect: [{ node: "b", payload: 1 }], never: [], until: 0, site: {} })).toEqual({
      name: "n", given: [{ node: "a", payload: "" }], expect: [{ node: "b", payload: 1 }],
    });
  });
});
