/** The mode in which devices are put on a plan: dragged from the list, moved with arrow keys or typed; saved all at once. */
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { api } from "../../platform/api/client";
import { useWords } from "../../platform/i18n";
import { Button, IconButton } from "../../platform/kit/Button";
import { toast, toastError } from "../../platform/kit/toasts";
import { PlanPicture } from "../live/PlanPicture";
import { siteData } from "../live/siteData";
import { StateShape } from "../live/StateShape";
import type { Plan } from "../live/types";
import { DeviceShelf } from "./DeviceShelf";
import { MapPositionFields } from "./MapPositionFields";
import { type MapPosition, move, NO_MOVES, type PlacementDraft, positionAt, positionIn, redo, undo } from "./mapPositions";
import { useDrag } from "./useDrag";

const STEP_PCT = 0.25;
const BIG_STEP_PCT = 2;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CENTRE: MapPosition = { left: 50, top: 50 };

function savedSpot(sn: string, plan: number): MapPosition | null {
  const device = siteData.devices.get(sn);
  return device && device.plan_id === plan && device.left_pct !== null && device.top_pct !== null ? { left: device.left_pct, top: device.top_pct } : null;
}

export function PlanEditor({ plan, onDirty, onClose }: { plan: Plan; onDirty: (dirty: boolean) => void; onClose: () => void }) {
  const { t } = useWords();
  const canvas = useRef<HTMLDivElement>(null);
  const [placing, setPlacing] = useState<PlacementDraft>(NO_MOVES);
  const [selected, setSelected] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const count = Object.keys(placing.moves).length;
  useEffect(() => {
    onDirty(count > 0);
    return () => onDirty(false);
  }, [count > 0, onDirty]);
  const spotOf = (sn: string): MapPosition | null => (sn in placing.moves ? (placing.moves[sn] ?? null) : savedSpot(sn, plan.id));
  const put = useCallback((sn: string, spot: MapPosition | null) => {
    setPlacing((was) => move(was, sn, spot));
    setSelected(spot ? sn : null);
  }, []);
  const { drag, begin } = useDrag(({ sn, x, y, dx, dy }) => {
    const rect = canvas.current?.getBoundingClientRect();
    if (!rect) return;
    // Let go beside the plan: from the list nothing happens, from the plan it stays at the edge.
    const over = x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;
    if (over || spotOf(sn)) put(sn, positionIn(rect, x + dx, y + dy));
  });
  const save = async () => {
    setBusy(true);
    try {
      const places = Object.entries(placing.moves).map(([sn, spot]) => ({ sn, left_pct: spot?.left ?? null, top_pct: spot?.top ?? null }));
      await api.put(`/plans/${plan.id}/places`, { places });
      await siteData.load();
      setPlacing(NO_MOVES);
      toast("ok", t("plans.saved", { count: places.length }));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const saveByKey = useEffectEvent(() => {
    if (!busy && count > 0) void save();
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || (event.target instanceof HTMLInputElement && event.target.type === "text")) return;
      const letter = event.key.toLowerCase();
      if (letter === "z" || letter === "y") {
        event.preventDefault();
        setPlacing(letter === "y" || event.shiftKey ? redo : undo);
      } else if (letter === "s") {
        event.preventDefault();
        saveByKey();
      }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  const onKey = (sn: string, spot: MapPosition, event: React.KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      event.preventDefault();
      const step = event.shiftKey ? BIG_STEP_PCT : STEP_PCT;
      put(sn, positionAt(spot.left + arrow[0] * step, spot.top + arrow[1] * step));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      put(sn, null);
    }
  };
  const placed = [...siteData.devices.keys()].flatMap((sn) => {
    const spot = spotOf(sn);
    return spot ? [{ sn, spot }] : [];
  });
  const rect = drag?.moved ? canvas.current?.getBoundingClientRect() : undefined;
  const chosen = selected ? spotOf(selected) : null;
  return (
    <div className="plan-editor">
      <DeviceShelf plan={plan} spotOf={spotOf} onGrab={begin} onPut={(sn) => put(sn, CENTRE)} onSelect={setSelected} selected={selected} />
      <div className="plan-stage">
        <div className="plan-tools" role="toolbar" aria-label={t("plans.edit")}>
          <IconButton icon="undo-2" label={t("plans.undo")} keys="Ctrl+Z" disabledReason={placing.past.length === 0 && t("plans.nothing")} onClick={() => setPlacing(undo)} />
          <IconButton icon="redo-2" label={t("plans.redo")} keys="Ctrl+Shift+Z" disabledReason={placing.future.length === 0 && t("plans.nothing")} onClick={() => setPlacing(redo)} />
          {selected && chosen ? <MapPositionFields sn={selected} spot={chosen} onSpot={(spot) => put(selected, spot)} onRemove={() => put(selected, null)} /> : <span className="plan-hint">{t("plans.hint")}</span>}
          <Button onClick={() => { setPlacing(NO_MOVES); onClose(); }}>{t(count > 0 ? "plans.discard" : "plans.done")}</Button>
          <Button kind="primary" icon="save" disabledReason={busy ? t("kit.loading") : count === 0 && t("plans.nothing")} onClick={() => void save()}>{t("plans.save", { count })}</Button>
        </div>
        <div className="plan-place">
          <PlanPicture plan={plan} canvas={canvas}>
            {placed.map(({ sn, spot }) => {
              const at = drag?.moved && drag.sn === sn && rect ? positionIn(rect, drag.x + drag.dx, drag.y + drag.dy) : spot;
              return (
                <button key={sn} type="button" className={`spot spot-movable${sn === selected ? " spot-chosen" : ""}${sn in placing.moves ? " spot-moved" : ""}`} data-sn={sn}
                  style={{ left: `${at.left}%`, top: `${at.top}%` }} aria-label={t("plans.spot", { name: siteData.devices.get(sn)?.name || sn, left: at.left, top: at.top })}
                  onFocus={() => setSelected(sn)} onKeyDown={(event) => onKey(sn, spot, event)}
                  onPointerDown={(event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    begin(sn, event, { x: box.left + box.width / 2, y: box.top + box.height / 2 });
                  }}>
                  <StateShape code={siteData.state(sn)?.code ?? "silent"} /><span className="spot-name">{siteData.devices.get(sn)?.name || sn}</span>
                </button>
              );
            })}
          </PlanPicture>
        </div>
      </div>
      {drag?.moved && !spotOf(drag.sn) && <div className="plan-ghost" style={{ left: drag.x, top: drag.y }}><StateShape code={siteData.state(drag.sn)?.code ?? "silent"} size={26} /></div>}
    </div>
  );
}
