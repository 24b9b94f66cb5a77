/** The first letters of the pinyin of a Chinese text, read off the order in which the browser sorts. */
const BORDERS: [letter: string, first: string][] = [
  ["a", "阿"], ["b", "八"], ["c", "嚓"], ["d", "哒"], ["e", "妸"], ["f", "发"], ["g", "旮"], ["h", "哈"], ["j", "讥"], ["k", "咔"], ["l", "垃"], ["m", "妈"],
  ["n", "拿"], ["o", "噢"], ["p", "妑"], ["q", "七"], ["r", "呥"], ["s", "仨"], ["t", "他"], ["w", "穵"], ["x", "夕"], ["y", "丫"], ["z", "帀"],
];
const order = new Intl.Collator("zh-CN-u-co-pinyin");

export function initials(text: string): string {
  let letters = "";
  for (const sign of text) {
    if (/[㐀-鿿]/.test(sign)) letters += BORDERS.findLast(([, first]) => order.compare(first, sign) <= 0)?.[0] ?? "";
    else if (/[a-z0-9]/i.test(sign)) letters += sign.toLowerCase();
  }
  return letters;
}
