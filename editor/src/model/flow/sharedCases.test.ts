import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { current, newHistory, stepped, withEdit, withFileText } from "./history";
import type { Operation } from "./operations";
import { nodeRenames, renamesSince } from "./renames";
import type { PortType } from "./server";
import { answerOf, type Palette, type Question } from "./sharedCases";
import type { FlowModel } from "./types";

const read = (name: string) => JSON.parse(readFileSync(`../tests/shared/${name}.json`, "utf8")) as unknown;
const { payloads, ...palette } = read("palette") as { payloads: Record<string, PortType> } & Palette;

type Case<Ask extends Question["ask"]> = Extract<Question, { ask: Ask }> & { name: string; answer: unknown };
const cases = <T>(name: string) => (read(name) as (T & { name: string })[]).map((one): [string, T] => [one.name, one]);

test.each(cases<{ operations: Operation[]; renames: Record<string, string> }>("renames"))("renames: %s", (_, { operations, renames }) => {
  expect(nodeRenames(operations)).toEqual(renames);
});

test("what was renamed since the deploy is told, and nothing where the deployed file lies ahead", () => {
  const flow = { ...(answerOf({ ask: "model", flow: { flow: "t", nodes: { a: { type: "change" } } } }) as FlowModel) };
  const renamed = withEdit(newHistory(flow, "deployed"), "rename", [{ op: "rename_node", id: "a", to: "b" }]);
  expect(renamesSince(renamed, "deployed")).toEqual({ a: "b" });
  const written = withFileText(renamed, current(renamed), "with b");
  expect(renamesSince(written, "with b")).toEqual({});
  expect(renamesSince(stepped(written, -1), "with b")).toEqual({});
});

describe("the canvas answers as the server does", () => {
  const port = ([payload, unit]: [string, string]): PortType => ({ ...(payloads[payload] as PortType), unit });
  test.each(cases<{ output: [string, string]; input: [string, string]; answer: unknown }>("compatible"))("compatible: %s", (_, { output, input, answer }) => {
    expect(answerOf({ ask: "compatible", output: port(output), input: port(input) })).toEqual(answer);
  });

  test.each(cases<Case<"wire">>("wire"))("wire: %s", (_, { answer, ...question }) => {
    expect(answerOf({ ...question, ...palette })).toEqual(answer);
  });

  test.each(cases<Case<"wires">>("wires"))("wires: %s", (_, { answer, ...question }) => {
    expect((answerOf({ ...question, ...palette }) as string[][]).toSorted((one, other) => (one.join(" ") < other.join(" ") ? -1 : 1))).toEqual(answer);
  });

  test.each(cases<Case<"apply"> & { comes_to: Extract<Question, { ask: "model" }>["flow"] }>("apply"))("apply: %s", (_, { comes_to, ...question }) => {
    expect(answerOf(question)).toEqual(answerOf({ ask: "model", flow: comes_to }));
  });
});
