/** Search over this flow and all others. */
import { useEffect, useMemo, useState } from "react";
import type { FlowView } from "../../model/flow/server";
import type { FlowModel } from "../../model/flow/types";
import { api, segment } from "../../platform/api/client";
import type { FlowSummary } from "../../platform/api/types";
import { useWords } from "../../platform/i18n";
import { Finder } from "../../platform/kit/Finder";
import { Icon } from "../../platform/kit/Icon";
import { toastError } from "../../platform/kit/toasts";
import { navigate } from "../../platform/router/location";
import { useCanvasController } from "../canvas/CanvasController";
import { familyOf, iconOf, labelOf } from "../canvas/nodeAppearance";
import { revealNode } from "../canvas/revealNode";
import { useDocument } from "../editing/context";
import { fieldPath } from "../editing/fieldPath";
import { hitsIn } from "./findNodes";

const MOST = 100;

export default function SearchPanel({ onClose }: { onClose: () => void }) {
  const canvas = useCanvasController();
  const { doc } = canvas;
  const { t, localize } = useWords();
  const { name } = doc;
  const catalogue = useDocument((state) => state.catalogue);
  const [typed, setTyped] = useState("");
  const [others, setOthers] = useState<[string, FlowModel][]>([]);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const flows = (await api.get<FlowSummary[]>("/flows")).filter((flow) => flow.name !== name);
      const views = await Promise.all(flows.map((flow) => api.get<FlowView>(`/flows/${segment(flow.name)}`)));
      setOthers(views.flatMap((view): [string, FlowModel][] => (view.flow ? [[view.name, view.flow]] : [])));
    };
    load().catch(toastError);
  }, [name]);
  const hits = useMemo(() => {
    const mine = hitsIn(name, doc.model, typed, catalogue).map((hit) => ({ ...hit, points: hit.points + 10 }));
    return [...mine, ...others.flatMap(([flow, model]) => hitsIn(flow, model, typed, catalogue))].sort((one, other) => other.points - one.points).slice(0, MOST);
  }, [name, typed, others, catalogue]);
  return (
    <Finder label={t("search.label")} placeholder={t("search.placeholder")} typed={typed} onType={setTyped} onClose={onClose} quiet={!typed.trim()}
      rows={hits.map((hit) => {
        const type = hit.node ? catalogue.get(hit.node.type) : undefined;
        return {
          key: `${hit.flow}\n${hit.address}`,
          run: () => {
            onClose();
            if (hit.flow === name) revealNode(canvas, hit.address);
            else navigate(`/flows/${segment(hit.flow)}${hit.address ? `?node=${segment(hit.address)}` : ""}`);
          },
          view: <>
            <span className="palette-icon" data-family={familyOf(type)}><Icon name={hit.node ? iconOf(hit.node, type) : hit.field === "note" ? "sticky-note" : "workflow"} size={15} /></span>
            <span className="finder-name">{hit.node ? labelOf(hit.node, localize) : hit.text} {hit.field && <span className="finder-where">{hit.field === "type" ? hit.text : `${fieldPath(hit.field, type)}: ${hit.text}`}</span>}</span>
            <span className="finder-aside">{hit.flow === name ? hit.address : `${hit.flow} › ${hit.address}`}</span>
          </>,
        };
      })}
    />
  );
}
