/** The frame round a group of nodes. */
import type { NodeProps } from "@xyflow/react";
import type { Box } from "../../model/flow/geometry";
import type { Group } from "../../model/flow/types";
import { useWords } from "../../platform/i18n";

export type FrameData = { name: string; group: Group; box: Box };

export const COLOURS = ["grey", "blue", "teal", "green", "amber", "red", "violet"];

export function Frame({ data, selected }: NodeProps & { data: FrameData }) {
  const { localize } = useWords();
  const { group, name } = data;
  return (
    <div className="frame" data-selected={selected || undefined} data-colour={COLOURS.includes(group.colour) ? group.colour : "grey"}>
      <span className="frame-title">{localize(group.title) || name}</span>
    </div>
  );
}
