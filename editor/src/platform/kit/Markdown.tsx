/** Help and notes, drawn from Markdown without any HTML of theirs. */
import { useMemo } from "react";
import { type Inline, readInline, readMarkdown } from "./markdown";

function Parts({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) => {
    switch (part.kind) {
      case "code": return <code key={index}>{part.text}</code>;
      case "strong": return <strong key={index}>{part.text}</strong>;
      case "em": return <em key={index}>{part.text}</em>;
      case "link": return <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">{part.text}</a>;
      default: return part.text;
    }
  });
}

/** A sentence with code and emphasis in it. */
export const InlineMarkdown = ({ text }: { text: string }) => <Parts parts={readInline(text)} />;

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return (
    <div className="markdown">
      {blocks.map((block, index) => {
        if (block.kind === "code") return <pre key={index} tabIndex={0}>{block.text}</pre>;
        if ("parts" in block) {
          const Text = block.kind === "heading" ? "h3" : "p";
          return <Text key={index}><Parts parts={block.parts} /></Text>;
        }
        const List = block.ordered ? "ol" : "ul";
        return <List key={index}>{block.items.map((parts, at) => <li key={at}><Parts parts={parts} /></li>)}</List>;
      })}
    </div>
  );
}
