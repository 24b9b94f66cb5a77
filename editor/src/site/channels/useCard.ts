/** A card while it is edited: what was typed, what is wrong with it, saving and testing. */
import { useState } from "react";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { translateOr, useWords } from "../../platform/i18n";
import { toast, toastError } from "../../platform/kit/toasts";
import type { Card, Fault, Settings, TestAnswer } from "./types";

export interface Editing<S extends Settings> {
  settings: S;
  set: (changes: Partial<S>) => void;
  /** What was typed into a secret; null: to be removed; undefined: stays as it is. */
  secrets: Record<string, string | null>;
  setSecret: (field: string, text: string | null | undefined) => void;
  enabled: boolean;
  setEnabled: (on: boolean) => void;
  dirty: boolean;
  problem: (field: string) => string | undefined;
  busy: "" | "saving" | "testing";
  answer: TestAnswer | null;
  /** Somebody else has saved the card meanwhile. */
  other: Card | null;
  takeOther: () => void;
  save: () => Promise<void>;
  test: () => Promise<void>;
  undo: () => void;
}

export function useCard<S extends Settings>(card: Card<S>, onSaved: (card: Card) => void): Editing<S> {
  const { t } = useWords();
  const [changes, setChanges] = useState<Partial<S>>({});
  const [secrets, setSecrets] = useState<Record<string, string | null>>({});
  const [on, setOn] = useState<boolean | null>(null);
  const [faults, setFaults] = useState<Record<string, Fault>>({});
  const [busy, setBusy] = useState<Editing<S>["busy"]>("");
  const [answer, setAnswer] = useState<TestAnswer | null>(null);
  const [other, setOther] = useState<Card | null>(null);
  const settings = { ...card.settings, ...changes };
  const enabled = on ?? card.enabled;
  const dirty = enabled !== card.enabled || Object.keys(secrets).length > 0 || JSON.stringify(settings) !== JSON.stringify(card.settings);
  const path = `/channels/${segment(card.name)}`;

  const clear = () => {
    setChanges({});
    setSecrets({});
    setOn(null);
    setFaults({});
    setOther(null);
  };
  const refused = (error: unknown) => {
    if (!(error instanceof ApiError)) return toastError(error);
    if (error.status === 422 && error.body["fields"]) {
      setFaults(error.body["fields"] as Record<string, Fault>);
      toast("error", t("channels.faults"));
    } else if (error.status === 409 && error.body["card"]) setOther(error.body["card"] as Card);
    else toastError(error);
  };
  const run = async (what: "saving" | "testing", work: () => Promise<void>) => {
    setBusy(what);
    setFaults({});
    try {
      await work();
    } catch (error) {
      refused(error);
    } finally {
      setBusy("");
    }
  };

  return {
    settings, secrets, enabled, dirty, busy, answer, other,
    set: (more) => {
      setChanges((was) => ({ ...was, ...more }));
      setFaults((was) => Object.fromEntries(Object.entries(was).filter(([field]) => !(field in more))));
    },
    setSecret: (field, text) => setSecrets(({ [field]: _, ...rest }) => (text === undefined ? rest : { ...rest, [field]: text })),
    setEnabled: setOn,
    problem: (field) => {
      const fault = faults[field];
      if (!fault) return undefined;
      return translateOr(`channels.fault.${fault.code}`, fault.message, { about: fault.about, near: fault.near });
    },
    takeOther: () => {
      if (!other) return;
      onSaved(other);
      clear();
    },
    save: () => run("saving", async () => {
      onSaved(await api.put<Card>(path, { enabled, settings, secrets, revision: card.revision }));
      clear();
      toast("ok", t("channels.saved"));
    }),
    test: () => run("testing", async () => {
      setAnswer(null);
      setAnswer(await api.post<TestAnswer>(`${path}/test`, { settings, secrets }));
    }),
    undo: clear,
  };
}
