import { describe, expect, test } from "vitest";
import { choicesOf } from "./form";
import type { Schema } from "./schema";
import { choiceTitle, helpOf, placeTitle, titleOf } from "./titles";

const op: Schema = { enum: ["eq", "gt"], title: "Test", "x-zh": { title: "判断", description: "做什么判断。" }, "x-choices": { gt: { en: "Above", zh: "大于" }, eq: { en: "Equals", zh: "" } } };
const root: Schema = {
  type: "object",
  properties: { rules: { type: "array", title: "Rules", "x-zh": { title: "规则", description: "" }, items: { $ref: "#/$defs/Rule" } }, own: { type: "string" } },
  $defs: { Rule: { type: "object", properties: { op } } },
};

describe("what people read of a schema", () => {
  test("a field has its title in their language, else in English, else its name", () => {
    expect([titleOf("op", op, "zh"), titleOf("op", op, "en"), titleOf("own", {}, "zh")]).toEqual(["判断", "Test", "own"]);
    expect([helpOf(op, "zh"), helpOf({ description: "Why." }, "zh")]).toEqual(["做什么判断。", "Why."]);
  });

  test("choices have titles and stand in the order of these", () => {
    expect(choicesOf(op, root)).toEqual(["gt", "eq"]);
    expect([choiceTitle("gt", op, "zh"), choiceTitle("eq", op, "zh"), choiceTitle("lt", op, "en")]).toEqual(["大于", "Equals", "lt"]);
  });

  test("a place in a form is told by titles and numbers that begin at one", () => {
    expect(placeTitle("rules[0].op", root, "zh")).toBe("规则 1 › 判断");
    expect(placeTitle("rules.1", root, "en")).toBe("Rules 2");
    expect(placeTitle("gone.x", root, "zh")).toBe("gone › x");
  });
});
