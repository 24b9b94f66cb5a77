/** What stands round the nodes: notes, and frames for groups. */
import { NOTE_SIZE, snapToGrid } from "../../model/flow/geometry";
import type { Operation } from "../../model/flow/operations";
import { addressOf, uniqueName } from "../../model/flow/sheet";
import { translate } from "../../platform/i18n";
import { stage } from "../editing/canvasState";
import { edit, select, selectedNodes, sheet, useDocument } from "../editing/document";

export function addNote(): void {
  const name = uniqueName("note", (taken) => taken in sheet().notes);
  const [x, y] = stage.centre();
  const at: [number, number] = [snapToGrid(x - NOTE_SIZE[0] / 2 + 90), snapToGrid(y)];
  edit(translate("step.note"), [{ op: "set_note", name: addressOf(useDocument.getState().scope, name), text: translate("canvas.note.first"), at }]);
  select([`note:${name}`]);
}

/** Frames the selected nodes; a node stands in one frame at most, so they leave those they were in. */
export function groupSelection(): void {
  const members = selectedNodes();
  const name = uniqueName("group", (taken) => taken in sheet().groups);
  edit(translate("step.group"), [...leaving(members), { op: "set_group", name: addressOf(useDocument.getState().scope, name), title: translate("canvas.group.first"), colour: "blue", members }]);
  select([`group:${name}`]);
}

function leaving(members: string[]): Operation[] {
  const { scope } = useDocument.getState();
  return Object.entries(sheet().groups).flatMap(([name, group]): Operation[] => {
    const left = group.members.filter((member) => !members.includes(member));
    if (left.length === group.members.length) return [];
    const address = addressOf(scope, name);
    return [left.length ? { op: "set_group", name: address, members: left } : { op: "remove_group", name: address }];
  });
}
