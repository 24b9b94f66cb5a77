/** The list at the pointer that adds a node, and the wire it was dropped with. */
import { useMemo, useState } from "react";
import { payloadTitle, useWords } from "../../platform/i18n";
import { Finder } from "../../platform/kit/Finder";
import { Icon } from "../../platform/kit/Icon";
import { useCanvas, useCanvasController } from "../canvas/CanvasController";
import type { QuickAddAt } from "../canvas/canvasState";
import { familyOf } from "../canvas/nodeAppearance";
import { addAtWire } from "./addNode";
import { availableTypes } from "./availableTypes";
import { categoryTitle } from "./categories";
import { acceptsWire, matchingTypes } from "./filter";

export function QuickAdd() {
  const at = useCanvas((state) => state.quickAdd);
  return at && <List key={`${at.screen}`} at={at} />;
}

function List({ at }: { at: QuickAddAt }) {
  const canvas = useCanvasController();
  const { t, localize } = useWords();
  const close = (): void => canvas.set({ quickAdd: null });
  const [typed, setTyped] = useState("");
  const port = useMemo(() => {
    const ports = at.from && canvas.scene.nodes.get(at.from.node)?.ports;
    return at.from && ((at.from.side === "out" ? ports?.outputs : ports?.inputs)?.find(({ name }) => name === at.from?.port) ?? { name: at.from.port });
  }, [at]);
  const rows = useMemo(() => {
    const side = at.from?.side;
    return matchingTypes(availableTypes(canvas.doc.state), typed, (type) => !port || !side || acceptsWire(type, port, side));
  }, [at, port, typed]);
  const payload = port && "payload" in port && port.payload !== "any" ? port.payload : undefined;
  return (
    <Finder label={t("quick.label")} placeholder={t("palette.placeholder")} typed={typed} onType={setTyped} onClose={close}
      at={{ x: at.screen[0], y: at.screen[1] }}
      note={port && t(at.from?.side === "out" ? "quick.takes" : "quick.gives", { payload: payload ? payloadTitle(payload) : t("quick.any") })}
      rows={rows.map((type) => ({
        key: type.type,
        run: () => {
          close();
          addAtWire(canvas, type, at);
        },
        view: <>
          <span className="palette-icon" data-family={familyOf(type)}><Icon name={type.icon || "box"} size={15} /></span>
          <span className="finder-name">{localize(type.title) || type.type}</span>
          <span className="finder-aside">{categoryTitle(type.category)}</span>
        </>,
      }))}
    />
  );
}
