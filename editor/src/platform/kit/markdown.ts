/** Markdown read into plain parts: the small part of it that help and notes use. HTML in it stays text. */
export type Inline = { kind: "text" | "code" | "strong" | "em"; text: string } | { kind: "link"; text: string; href: string };

export type Block =
  | { kind: "heading" | "paragraph"; parts: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; items: Inline[][] };

const ITEM = /^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/;
const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

export function readMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  const lines = source.replace(/\r\n/g, "\n").split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const item = ITEM.exec(line);
    if (line.trim() === "") at += 1;
    else if (line.startsWith("```")) {
      const end = lines.findIndex((other, index) => index > at && other.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (line.startsWith("    ") && !item) {
      const from = at;
      while (at < lines.length && (lines[at] ?? "").startsWith("    ")) at += 1;
      blocks.push({ kind: "code", text: lines.slice(from, at).map((text) => text.slice(4)).join("\n") });
    } else if (line.startsWith("#")) {
      blocks.push({ kind: "heading", parts: readInline(line.replace(/^#+\s*/, "")) });
      at += 1;
    } else if (item) {
      const items: string[] = [];
      for (; at < lines.length && (lines[at] ?? "").trim() !== ""; at += 1) {
        const next = ITEM.exec(lines[at] ?? "");
        if (next) items.push(next[2] ?? "");
        else items.push(`${items.pop() ?? ""} ${(lines[at] ?? "").trim()}`);
      }
      blocks.push({ kind: "list", ordered: item[1] !== undefined, items: items.map(readInline) });
    } else {
      const from = at;
      while (at < lines.length && (lines[at] ?? "").trim() !== "" && !/^(#|```)/.test(lines[at] ?? "") && !(at > from && ITEM.test(lines[at] ?? ""))) at += 1;
      blocks.push({ kind: "paragraph", parts: readInline(lines.slice(from, at).map((text) => text.trim()).join(" ")) });
    }
  }
  return blocks;
}

export function readInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    const [, code, strong, em, label, href] = match;
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (strong !== undefined) parts.push({ kind: "strong", text: strong });
    else if (em !== undefined) parts.push({ kind: "em", text: em });
    else parts.push({ kind: "link", text: label ?? "", href: href ?? "" });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}
