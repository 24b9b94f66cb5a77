/** Parts of a flow in the words of a flow file. */
import type { Json } from "../../platform/api/json";
import { mapValues } from "./apply";
import { formatWires } from "./targets";
import type { NodeSpec, Sheet, Subflow } from "./types";

type Spelling = Record<string, Json>;

export function nodeDefinition(node: NodeSpec): Spelling {
  return filled({ type: node.type, title: node.title, note: node.note, with: node.with_, to: formatWires(node.to), disabled: node.disabled || null });
}

export function sheetDefinition(sheet: Sheet): Spelling {
  return filled({
    nodes: mapValues(sheet.nodes, nodeDefinition),
    groups: mapValues(sheet.groups, (group) => filled({ ...group })),
    notes: mapValues(sheet.notes, (note) => filled({ ...note })),
    layout: sheet.layout,
  });
}

export function subflowDefinition(subflow: Subflow): Spelling {
  const { nodes, ...around } = sheetDefinition(subflow);
  return {
    ...filled({
      title: subflow.title,
      help: subflow.help,
      inputs: mapValues(subflow.inputs, (ends) => formatWires({ "": ends }) ?? []),
      outputs: mapValues(subflow.outputs, (ends) => formatWires({ "": ends }) ?? []),
      fields: subflow.fields,
    }),
    nodes: nodes ?? {},
    ...around,
  };
}

function filled(entries: Record<string, unknown>): Spelling {
  const empty = (value: unknown) => value === null || value === "" || (typeof value === "object" && Object.keys(value as object).length === 0);
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => !empty(value))) as Spelling;
}
