/** A note in Markdown on the canvas. */
import type { NodeProps } from "@xyflow/react";
import type { Note } from "../../model/flow/types";
import { Markdown } from "../../platform/kit/Markdown";

export type NoteData = { name: string; note: Note };

export function NoteCard({ data, selected }: NodeProps & { data: NoteData }) {
  return <div className="note-card" data-selected={selected || undefined}><Markdown text={data.note.text} /></div>;
}
