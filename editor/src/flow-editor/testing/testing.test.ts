import { describe, expect, test } from "vitest";
import { compact } from "./draftCase";
import { formatPayload, parsePayload } from "./payload";

describe("samples", () => {
  test("every value comes back as it was, a text that looks like JSON too", () => {
    for (const value of [1, "x", "1", '{"a":1}', { a: [null] }, null, true, ""]) expect(parsePayload(formatPayload(value))).toEqual(value);
  });
});

describe("a case", () => {
  test("what says nothing is not written", () => {
    expect(compact({ name: "n", given: [{ node: "a", at: 0, payload: "", topic: "", key: "" }], expect: [{ node: "b", payload: 1 }], never: [], until: 0, site: {} })).toEqual({
      name: "n", given: [{ node: "a", payload: "" }], expect: [{ node: "b", payload: 1 }],
    });
  });

  test("what the server fills in is not written back, and what it knows beyond is kept", () => {
    const told = { name: "n", given: [{ node: "a", at: 5, payload: null, topic: "", key: "", props: {} }], expect: [{ node: "b", at: null, within_s: 0.001, props: {}, count: 0 }], never: [], until: 0, site: {}, answers: { c: [{ payload: 1 }] } };
    expect(compact(told as never)).toEqual({ name: "n", given: [{ node: "a", at: 5, payload: null }], expect: [{ node: "b", count: 0 }], answers: { c: [{ payload: 1 }] } });
  });
});
