/** The list of what is not normal, worked with the mouse, by touch or by keys. */
import { useMemo, useRef, useState } from "react";
import { api } from "../../platform/api/client";
import { ApiError } from "../../platform/api/problem";
import { useWords } from "../../platform/i18n";
import { Button } from "../../platform/kit/Button";
import { Icon } from "../../platform/kit/Icon";
import { Loading } from "../../platform/kit/Loading";
import { toast, toastError } from "../../platform/kit/toasts";
import { useAllowed } from "../../platform/session/session";
import { alarmKey, alarmsIn, waitsForAcknowledgement } from "../live/alarms";
import { openAlarms, useOpenAlarms } from "../live/openAlarms";
import { useSiteStatus } from "../live/siteStatus";
import type { OpenAlarm } from "../live/types";
import { type AlarmActions, AlarmItem } from "./AlarmItem";
import { canReset, canShelve, inOrder } from "./order";
import { ShelveDialog } from "./ShelveDialog";
import { useNow } from "./useNow";

const MOST = 400;

export function ActiveAlarms({ chosen, onOpen }: { chosen: string; onOpen: (alarm: OpenAlarm) => void }) {
  const { t } = useWords();
  const bySn = useOpenAlarms((state) => state.bySn);
  const alarms = useMemo(() => bySn && inOrder(alarmsIn(bySn)), [bySn]);
  const operator = useAllowed("operator");
  const [shelving, setShelving] = useState<OpenAlarm | "device" | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const judged = useSiteStatus(({ status }) => status !== null && !status.judging.problem);
  const now = useNow(alarms !== null && alarms.length > 100 ? 10_000 : 1000);
  const waiting = useMemo(() => alarms?.filter(waitsForAcknowledgement) ?? [], [alarms]);

  const run = async (work: () => Promise<OpenAlarm[]>, done?: string) => {
    // The button that was pressed goes with the state it belonged to; whoever works with keys goes on from the row.
    const row = document.activeElement?.closest<HTMLElement>(".alarm");
    row?.focus();
    try {
      openAlarms.take(await work());
      if (done) toast("ok", done);
    } catch (error) {
      toastError(error);
      if (error instanceof ApiError && error.status === 409) await openAlarms.load();
    }
  };
  const acknowledge = (these: OpenAlarm[]) => run(async () => {
    const refused = await openAlarms.acknowledge(these.slice(0, 1000));
    if (refused > 0) toast("warning", t("alarms.notall", { count: refused }));
    return [];
  }, these.length > 1 ? t("alarms.acknowledged", { count: these.length }) : undefined);
  const which = ({ sn, type }: OpenAlarm) => ({ sn, type });
  const actions: AlarmActions = {
    acknowledge: (alarm) => void acknowledge([alarm]),
    shelve: setShelving,
    unshelve: (alarm) => void run(() => api.post<OpenAlarm[]>("/alarms/unshelve", which(alarm))),
    reset: (alarm) => void run(() => api.post<OpenAlarm[]>("/alarms/reset", which(alarm))),
    endCalibration: ({ sn }) => void run(() => api.post<OpenAlarm[]>("/alarms/end-calibration", { sn })),
    putBack: ({ sn }) => void run(() => api.post<OpenAlarm[]>("/alarms/put-back", { sn })),
    open: onOpen,
  };
  const dialog = shelving && (
    <ShelveDialog {...(shelving !== "device" && { alarm: shelving })} onClose={() => setShelving(null)}
      onDone={(sn, reason, until) => void run(() => (shelving === "device"
        ? api.post<OpenAlarm[]>("/alarms/calibrate", { sn, reason, until })
        : api.post<OpenAlarm[]>("/alarms/shelve", { ...which(shelving), reason, until })))} />
  );
  const calibrate = <Button icon="wrench" kind="quiet" needs="operator" onClick={() => setShelving("device")}>{t("alarms.calibrate")}</Button>;

  const onKeyDown = (event: React.KeyboardEvent) => {
    const items = [...(list.current?.children ?? [])] as HTMLElement[];
    const here = items.findIndex((item) => item.contains(document.activeElement));
    const alarm = alarms?.[here];
    const move = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move !== undefined) items[Math.max(0, Math.min(items.length - 1, here + move))]?.focus();
    else if (!alarm || event.target !== items[here]) return;
    else if (event.key === "a" && operator && waitsForAcknowledgement(alarm)) actions.acknowledge(alarm);
    else if (event.key === "s" && operator && canShelve(alarm)) actions.shelve(alarm);
    else if (event.key === "r" && operator && canReset(alarm)) actions.reset(alarm);
    else if (event.key === "Enter") onOpen(alarm);
    else return;
    event.preventDefault();
  };

  if (alarms === null) return <Loading />;
  if (alarms.length === 0 && !judged) return <div className="card empty"><Icon name="triangle-alert" size={32} /><p>{t("alarms.unjudged")}</p></div>;
  if (alarms.length === 0) return <><div className="card empty alarms-none"><Icon name="check" size={32} /><p>{t("alarms.none")}</p></div><div>{calibrate}</div>{dialog}</>;
  return (
    <>
      <div className="alarms-bar">
        <span role="status">{t("alarms.count", { count: alarms.length, waiting: waiting.length })}</span>
        <span className="alarms-keys">{t("alarms.keys")}</span>
        {calibrate}
        <Button icon="check" needs="operator" disabledReason={waiting.length === 0 && t("alarms.nothingwaits")} onClick={() => void acknowledge(waiting)}>{t("alarms.acknowledgeall", { count: waiting.length })}</Button>
      </div>
      <ul ref={list} className="card alarm-list" aria-label={t("alarms.active")} tabIndex={0} onKeyDown={onKeyDown}>
        {alarms.slice(0, MOST).map((alarm) => <AlarmItem key={alarmKey(alarm)} alarm={alarm} now={now} open={alarmKey(alarm) === chosen} actions={actions} />)}
      </ul>
      {alarms.length > MOST && <p className="page-intro">{t("alarms.more", { count: alarms.length - MOST })}</p>}
      {dialog}
    </>
  );
}
