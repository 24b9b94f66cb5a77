import { describe, expect, test } from "vitest";
import { readInline, readMarkdown } from "./markdown";

describe("Markdown", () => {
  test("HTML stays text", () => {
    expect(readMarkdown("<img src=x onerror=alert(1)>")).toEqual([
      { kind: "paragraph", parts: [{ kind: "text", text: "<img src=x onerror=alert(1)>" }] },
    ]);
  });

  test("a link other than http stays text", () => {
    expect(readInline("[a](javascript:alert(1))")).toEqual([{ kind: "text", text: "[a](javascript:alert(1))" }]);
  });

  test("lists, code and headings are told apart", () => {
    expect(readMarkdown("# A\n\n- one\n- `two`\n\n```\nx\n```").map((block) => block.kind)).toEqual(["heading", "list", "code"]);
  });

  test("an unclosed fence ends with the text", () => {
    expect(readMarkdown("```\nx")).toEqual([{ kind: "code", text: "x" }]);
  });
});
