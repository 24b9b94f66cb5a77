/** What stands round the nodes: notes, and frames for groups. */
import { NOTE_SIZE, snapToGrid } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { addressOf, uniqueName } from "../../model/flow/sheet";
import type { Position } from "../../model/flow/types";
import { translate } from "../../platform/i18n";
import type { FlowDocument } from "../editing/FlowDocument";

/** Adds a note in the middle of what is seen. */
export function addNote(doc: FlowDocument, [x, y]: Position): void {
  const name = uniqueName("note", (taken) => taken in doc.sheet.notes);
  const at: Position = [snapToGrid(x - NOTE_SIZE[0] / 2 + 90), snapToGrid(y)];
  doc.edit(translate("step.note"), [{ op: "set_note", name: addressOf(doc.scope, name), text: translate("canvas.note.first"), at }]);
  doc.select([`note:${name}`]);
}

/** Frames the selected nodes; a node stands in one frame at most, so they leave those they were in. */
export function groupSelection(doc: FlowDocument): void {
  const members = doc.selectedNodes();
  const name = uniqueName("group", (taken) => taken in doc.sheet.groups);
  doc.edit(translate("step.group"), [...leaving(doc, members), { op: "set_group", name: addressOf(doc.scope, name), title: translate("canvas.group.first"), colour: "blue", members }]);
  doc.select([`group:${name}`]);
}

function leaving(doc: FlowDocument, members: string[]): Operation[] {
  return Object.entries(doc.sheet.groups).flatMap(([name, group]): Operation[] => {
    const left = group.members.filter((member) => !members.includes(member));
    if (left.length === group.members.length) return [];
    const address = addressOf(doc.scope, name);
    return [left.length ? { op: "set_group", name: address, members: left } : { op: "remove_group", name: address }];
  });
}
