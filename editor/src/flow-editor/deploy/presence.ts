/** Who has this flow open, and what they have open in it. */
import { useEffect, useState } from "react";
import { addressOf } from "../../model/flow/sheet";
import { socket } from "../../platform/api/socket";
import { useFlowDocument } from "../editing/context";

export interface EditorPresence {
  id: string;
  user: string;
  open: string;
  since: number;
}

/** Says where this tab is as long as the component is there, and hears of all, this one too. */
export function useEditorPresence(): EditorPresence[] {
  const doc = useFlowDocument();
  const [people, setPeople] = useState<EditorPresence[]>([]);
  useEffect(() => {
    let said: string | null = null;
    const announce = (): void => {
      const { selected, scope } = doc.state;
      const first = selected.size === 1 ? [...selected][0] ?? "" : "";
      const open = first && !first.includes(":") ? addressOf(scope, first) : "";
      if (open === said) return;
      said = open;
      socket.setPresence({ flow: doc.name, open });
    };
    announce(); // a node may be open already
    const stops = [
      socket.subscribe<{ people: EditorPresence[] }>(`presence:${doc.name}`, ({ items }) => setPeople(items.at(-1)?.people ?? [])),
      doc.store.subscribe(announce),
    ];
    return () => {
      for (const stop of stops) stop();
      socket.setPresence(null);
    };
  }, [doc]);
  return people;
}

/** Everybody else: of this user's own tabs one is this one. */
export function otherEditors(people: readonly EditorPresence[], me: string): EditorPresence[] {
  const mine = people.findIndex((person) => person.user === me);
  return people.filter((_, index) => index !== mine);
}
