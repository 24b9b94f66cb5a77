import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allWords } from "./all";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => `src/${file}`);
const keys = (language: "zh" | "en") => allWords.flatMap((area) => Object.keys(area[language]));

describe("words", () => {
  test("both languages have the same keys", () => {
    expect(keys("en").toSorted()).toEqual(keys("zh").toSorted());
  });

  test("no key is defined twice", () => {
    expect(new Set(keys("zh")).size).toBe(keys("zh").length);
  });

  test("every key that the code names is there", () => {
    const known = new Set(keys("zh"));
    const named = sources.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\b(?:t|translate)\("([^"]+)"/g)].map((match) => match[1] ?? ""),
    );
    expect(named.filter((key) => !known.has(key))).toEqual([]);
  });

  test("no text is empty and placeholders agree", () => {
    const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).toSorted();
    for (const area of allWords) {
      for (const [key, zh] of Object.entries(area.zh)) {
        expect(zh, key).not.toBe("");
        expect(places(area.en[key] ?? ""), key).toEqual(places(zh));
      }
    }
  });

  test("Han and Latin stand a space apart", () => {
    const tight = allWords.flatMap((area) => Object.values(area.zh)).filter((text) => /[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]/.test(text));
    expect(tight).toEqual([]);
  });
});
