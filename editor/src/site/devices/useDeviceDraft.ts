/** A device and what is typed but not saved: saved against the revision that was seen, merged with what others have saved meanwhile. */
import { useCallback, useEffect, useRef, useState } from "react";
import { api, segment } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { socket } from "../../platform/api/socket";
import { translate } from "../../platform/i18n";
import { toast, toastError } from "../../platform/kit/toasts";
import { serverClock } from "../live/serverClock";
import { type Device, withDefaults } from "../live/types";
import { changesOf, conflictsOf, type Draft, draftOf, FIELD_NAMES, type FieldConflict, type FieldName, type Value } from "./fields";
import { useProblems } from "./problems";
import type { DeviceView } from "./types";

export type Changes = Partial<Record<FieldName, Value>>;

export interface Conflict {
  current: Device;
  clashes: FieldConflict[];
}

export function useDeviceDraft(sn: string) {
  const [view, setView] = useState<DeviceView | null>(null);
  const [missing, setMissing] = useState(false);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const { problemOf, setProblems, tell } = useProblems();
  const base = view?.device ?? null;
  const now = useRef({ base, draft });
  now.current = { base, draft };

  /** Takes what the server has; fields that are typed and not saved stay as they are. */
  const take = useCallback((device: Device) => {
    const { base: was, draft: typed } = now.current;
    setView((view) => view && { ...view, device });
    const fresh = draftOf(device);
    if (!was || !typed) setDraft(fresh);
    else {
      const mine = changesOf(typed, was);
      setDraft(Object.fromEntries(FIELD_NAMES.map((name) => [name, name in mine ? typed[name] : fresh[name]])) as Draft);
    }
  }, []);

  const load = useCallback(async () => {
    try {
      const loaded = await api.get<DeviceView>(`/devices/${segment(sn)}`);
      serverClock.set(loaded.now);
      setView(loaded);
      take(loaded.device);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) setMissing(true);
      else toastError(error);
    }
  }, [sn, take]);
  useEffect(() => void load(), [load]);
  useEffect(() => socket.subscribe<Partial<Device> & { sn: string; gone?: boolean }>("live:devices", ({ items }) => {
    for (const { gone, ...item } of items) {
      if (item.sn !== sn) continue;
      if (gone) setMissing(true);
      else if ((item.revision ?? 0) > (now.current.base?.revision ?? 0)) take(withDefaults(item));
    }
  }), [sn, take]);

  const changes: Changes = base && draft ? changesOf(draft, base) : {};

  const save = async (fields: Changes = changes, from: Device | null = base): Promise<boolean> => {
    if (!from || !base) return false;
    try {
      const saved = await api.patch<DeviceView>(`/devices/${segment(sn)}`, { revision: from.revision, fields });
      setView(saved);
      setDraft(draftOf(saved.device));
      setProblems([]);
      setConflict(null);
      toast("ok", translate("device.saved"));
      return true;
    } catch (error) {
      const current = error instanceof ApiError && error.status === 409 ? (error.body["current"] as Device | undefined) : undefined;
      if (!current) {
        tell(error);
        return false;
      }
      const clashes = conflictsOf(from, current, fields);
      if (clashes.length > 0) {
        setConflict({ current, clashes });
        return false;
      }
      const saved = await save(fields, current);
      if (saved) toast("ok", translate("device.merged"));
      return saved;
    }
  };

  return {
    view, base, draft, missing, changes, conflict, problemOf, setProblems, save, load,
    set: (field: FieldName, text: string) => setDraft((draft) => draft && { ...draft, [field]: text }),
    discard: () => {
      if (base) setDraft(draftOf(base));
      setProblems([]);
    },
    closeConflict: () => setConflict(null),
  };
}

export type DeviceDraft = ReturnType<typeof useDeviceDraft>;
