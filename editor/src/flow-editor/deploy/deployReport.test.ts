import { describe, expect, test } from "vitest";
import { messageBalance } from "./deployReport";
import { otherEditors } from "./presence";
import { shownDiff } from "./shownDiff";

describe("the account of a deploy", () => {
  test("what was held before counts as in", () => {
    expect(messageBalance({ came_in: 5, held_before: 2, went_out: 6, held_after: 1 })).toEqual({ in: 7, out: 6, held: 1 });
  });
});

describe("who else is here", () => {
  const person = (id: string, user: string) => ({ id, user, open: "", since: 0 });

  test("of one's own tabs one is this one", () => {
    expect(otherEditors([person("1", "li"), person("2", "me"), person("3", "me")], "me").map(({ id }) => id)).toEqual(["1", "3"]);
    expect(otherEditors([person("1", "li")], "me")).toHaveLength(1);
  });
});

describe("the server's difference", () => {
  test("a node that was changed and rewired is one row", () => {
    expect(shownDiff({ added: [], removed: [], moved: [], flow: [], changed: { a: [{ field: "type" }] }, rewired: { a: [{ field: "to" }], b: [{ field: "to" }] } }).changed).toEqual({
      a: [{ field: "type" }, { field: "to" }], b: [{ field: "to" }],
    });
  });
});
