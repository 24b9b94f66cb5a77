/** Who has this flow open, and what they have open in it. */
import { create } from "zustand";
import { addressOf } from "../../model/flow/sheet";
import { socket } from "../../platform/api/socket";
import { useDocument } from "../editing/document";

export interface EditorPresence {
  id: string;
  user: string;
  open: string;
  since: number;
}

export const useEditorPresence = create<{ people: EditorPresence[] }>(() => ({ people: [] }));

/** Says where this tab is, and hears of the others. The answer ends both. */
export function announcePresence(flow: string): () => void {
  let said: string | null = null;
  const say = (): void => {
    const { selected, scope } = useDocument.getState();
    const first = selected.size === 1 ? [...selected][0] ?? "" : "";
    const open = first && !first.includes(":") ? addressOf(scope, first) : "";
    if (open === said) return;
    said = open;
    socket.setPresence({ flow, open });
  };
  say(); // a node may be open already
  const hear = socket.subscribe<{ people: EditorPresence[] }>(`presence:${flow}`, ({ items }) => useEditorPresence.setState({ people: items.at(-1)?.people ?? [] }));
  const follow = useDocument.subscribe(say);
  return () => {
    hear();
    follow();
    socket.setPresence(null);
    useEditorPresence.setState({ people: [] });
  };
}

/** Everybody else: of this user's own tabs one is this one. */
export function otherEditors(people: readonly EditorPresence[], me: string): EditorPresence[] {
  const mine = people.findIndex((person) => person.user === me);
  return people.filter((_, index) => index !== mine);
}
