import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PortType } from "./server";
import { answerOf, type Palette, type Question } from "./sharedCases";

const read = (name: string) => JSON.parse(readFileSync(`../tests/shared/${name}.json`, "utf8")) as unknown;
const { payloads, ...palette } = read("palette") as { payloads: Record<string, PortType> } & Palette;

type Case<Ask extends Question["ask"]> = Extract<Question, { ask: Ask }> & { name: string; answer: unknown };
const cases = <T>(name: string) => (read(name) as (T & { name: string })[]).map((one): [string, T] => [one.name, one]);

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
