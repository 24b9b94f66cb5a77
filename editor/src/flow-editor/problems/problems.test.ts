import { describe, expect, test } from "vitest";
import type { Problem } from "../../platform/api/types";
import { hintInChinese, messageInChinese } from "./inChinese";
import { bySeverity } from "./severity";

const problem = (line: number, severity: Problem["severity"]): Problem => ({ line, severity, column: 0, node: "", field: "", message: "", hint: "", path: "", code: "", params: {} });

describe("problems", () => {
  test("errors stand before warnings, each in the order of the file", () => {
    expect(bySeverity([problem(9, "warning"), problem(7, "error"), problem(2, "error")]).map(({ line }) => line)).toEqual([2, 7, 9]);
  });
});

describe("the server's words in Chinese", () => {
  test.each([
    ["wants at least 1 character, here are 0", "至少要有 1 个，现有 0 个"],
    ["wants a number in ppm, here is the text `ten`", "应为以 ppm 为单位的数字，现为文本 `ten`"],
    ["wants a number or a text, here is a mapping", "应为数字或文本，现为键值表"],
    ["wants at least 0 s, here is -1", "应为不小于 0 s 的数，现为-1"],
    ["wants one of `above`, `below`, here is the text `up`", "应为 `above`, `below` 之一，现为文本 `up`"],
    ["`rules` is missing", "缺少 `rules`"],
    ["there is no node type `swich`", "没有类型为 `swich` 的节点"],
    ["no valid YAML: a quote is opened but never closed", "YAML 有误：引号没有闭合"],
    ["ppm does not fit %LEL", "ppm 与 %LEL 不相配"],
    ["something that nobody has foreseen", "something that nobody has foreseen"],
  ])("%s", (english, chinese) => expect(messageInChinese(english)).toBe(chinese));

  test.each([
    ["did you mean `switch`?", "是否想写 `switch`？"],
    ["give `rules`, a list: Rules, tried in this order", "请填写 `rules`，列表"],
    ["Field of the payload that the result is written to", ""],
    ["remove one of them", "请删除其中一个"],
  ])("%s", (english, chinese) => expect(hintInChinese(english)).toBe(chinese));
});
