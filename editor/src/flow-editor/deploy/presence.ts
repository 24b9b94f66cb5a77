/** Who has this flow open, and what they have open in it. */
import { create } from "zustand";
import { socket } from "../../platform/api/socket";
import { useDocument } from "../editing/document";
import { addressOf } from "../../model/flow/sheet";

export interface Person {
  id: string;
  user: string;
  open: string;
  since: number;
}

export const usePresence = create<{ people: Person[] }>(() => ({ people: [] }));

/** Says where this tab is, and hears of the others. The answer ends both. */
export function keepPresence(flow: string): () => void {
  let said: string | null = null;
  const say = (): void => {
    const { selected, scope } = useDocument.getState();
    const first = selected.size === 1 ? [...selected][0] ?? "" : "";
    const open = first && !first.includes(":") ? addressOf(scope, first) : "";
    if (open === said) return;
    said = open;
    socket.be({ flow, open });
  };
  say(); // a node may be open already
  const hear = socket.subscribe<{ people: Person[] }>(`presence:${flow}`, ({ items }) => usePresence.setState({ people: items.at(-1)?.people ?? [] }));
  const follow = useDocument.subscribe(say);
  return () => {
    hear();
    follow();
    socket.be(null);
    usePresence.setState({ people: [] });
  };
}

/** Everybody else: of this user's own tabs one is this one. */
export function others(people: readonly Person[], me: string): Person[] {
  const mine = people.findIndex((person) => person.user === me);
  return people.filter((_, index) => index !== mine);
}
