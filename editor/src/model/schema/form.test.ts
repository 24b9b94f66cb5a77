import { describe, expect, test } from "vitest";
import { alternativeOf, alternativesOf, blankValue, fieldsOf, isChanged, kindOf, parseNumber, parseReference, problemAt, withField, withMoved } from "./form";
import type { Schema } from "./schema";

const root: Schema = {
  type: "object",
  required: ["rules"],
  properties: {
    rules: { type: "array", items: { $ref: "#/$defs/Rule" } },
    limit: { anyOf: [{ type: "number" }, { type: "string" }] },
    floor: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
    headers: { type: "object", additionalProperties: { type: "string" } },
    payload: { default: null },
    expression: { type: "string", "x-widget": "expression" },
    kind: { anyOf: [{ enum: ["a", "b"] }, { type: "null" }] },
  },
  $defs: { Rule: { type: "object", properties: { op: { enum: ["eq", "gt"] }, value: {} }, required: ["op"] } },
};
const of = (name: string): Schema => root.properties?.[name] ?? {};

describe("the form of a schema", () => {
  test("each field has its kind, a nullable one that of its value", () => {
    expect(fieldsOf(root, root).map(({ name, schema }) => [name, kindOf(schema, root)])).toEqual([
      ["rules", "list"], ["limit", "union"], ["floor", "number"], ["headers", "map"], ["payload", "any"], ["expression", "expression"], ["kind", "enum"],
    ]);
  });

  test("a new rule begins with what it requires", () => {
    expect(blankValue(of("rules").items as Schema, root)).toEqual({ op: "eq" });
  });

  test("a value chooses its alternative", () => {
    const alternatives = alternativesOf(of("limit"), root);
    expect(alternativeOf(5, alternatives)).toBe(0);
    expect(alternativeOf("payload.limit", alternatives)).toBe(1);
  });

  test("numbers are read as people type them, and nothing else is a number", () => {
    expect([parseNumber(" 1,5 ", false), parseNumber("1e3", false), parseNumber("-.5", false)]).toEqual([1.5, 1000, -0.5]);
    expect([parseNumber("", false), parseNumber("1.5", true), parseNumber("0x10", false), parseNumber("Infinity", false)]).toEqual([null, null, null, null]);
  });

  test("a whole text that is one reference is one", () => {
    expect(parseReference("${broker:site}")).toEqual({ kind: "broker", name: "site" });
    expect(parseReference("mqtt://${env:HOST}")).toBeNull();
  });

  test("a field at its default is not changed", () => {
    expect(isChanged(1, { default: 1 })).toBe(false);
    expect(isChanged(null, { default: null })).toBe(false);
    expect(isChanged(2, { default: 1 })).toBe(true);
    expect(isChanged(undefined, { default: 1 })).toBe(false);
  });

  test("resetting a field takes it out of the file", () => {
    expect(withField({ band: 1 }, "band", undefined)).toEqual({ unset: ["band"] });
    expect(withField({}, "band", undefined)).toEqual({});
    expect(withField({}, "band", 2)).toEqual({ set: { band: 2 } });
  });

  test("a problem inside a list is found at the list, and exactly at its field", () => {
    const problems = [{ field: "with.rules[1].op" }, { field: "with.rules" }];
    expect(problemAt(problems, "with.rules.1.op")).toBe(problems[0]);
    expect(problemAt(problems, "with.rules")).toBe(problems[1]);
    expect(problemAt(problems, "with.rule")).toBeUndefined();
  });

  test("a row moves to its new place", () => {
    expect(withMoved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  });
});
