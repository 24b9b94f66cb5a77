/** The form for what is no node: the selected note or group, else the open subflow, else the flow itself. */
import { useDocument } from "../editing/context";
import { sheetIn } from "../editing/FlowDocument";
import { FlowForm } from "./FlowForm";
import { GroupForm } from "./GroupForm";
import { NoteForm } from "./NoteForm";
import { SubflowForm } from "./SubflowForm";
import "./properties.css";

export function PropertiesForm() {
  const scope = useDocument((state) => state.scope);
  const [id] = useDocument((state) => state.selected);
  const sheet = useDocument(sheetIn);
  const note = id?.startsWith("note:") ? id.slice(5) : "";
  const group = id?.startsWith("group:") ? id.slice(6) : "";
  if (note && sheet.notes[note]) return <NoteForm key={note} name={note} note={sheet.notes[note]} />;
  if (group && sheet.groups[group]) return <GroupForm key={group} name={group} group={sheet.groups[group]} />;
  return scope ? <SubflowForm key={scope} name={scope} /> : <FlowForm />;
}
