/** The page on which a flow is wired: palette, canvas, dock, drawer, and the bar above them. */
import { useEffect, useState } from "react";
import { Loading } from "../../platform/kit/Loading";
import { toastError } from "../../platform/kit/toasts";
import { usePath } from "../../platform/router/location";
import { Announcer } from "../canvas/Announcer";
import { FlowCanvas } from "../canvas/FlowCanvas";
import { revealNode } from "../canvas/revealNode";
import Notices from "../deploy/Notices";
import { useLayout } from "../editing/panelLayout";
import { panels } from "../editing/panels";
import { addDroppedNode } from "../palette/addNode";
import { Palette } from "../palette/Palette";
import { QuickAdd } from "../palette/QuickAdd";
import { BottomDrawer } from "./BottomDrawer";
import { CanvasMenu } from "./CanvasMenu";
import { Dock } from "./Dock";
import { openFlow, type OpenFlow } from "./openFlow";
import { OpenFlowContexts } from "./OpenFlowContexts";
import { PanelView } from "./PanelView";
import { TopBar } from "./TopBar";
import "./flow-page.css";

export default function FlowPage({ name }: { name: string }) {
  const [flow, setFlow] = useState<OpenFlow | null>(null);
  const wanted = new URLSearchParams(usePath().split("?")[1]).get("node");
  useEffect(() => {
    // Once the canvas is there: a link to a node, as the search over all flows makes it.
    if (flow && wanted) requestAnimationFrame(() => revealNode(flow.canvas, wanted));
  }, [flow, wanted]);
  const palette = useLayout((state) => state.palette);
  useEffect(() => {
    let opened: OpenFlow | null = null;
    let left = false;
    openFlow(name).then((made) => {
      if (left) return made.close();
      opened = made;
      setFlow(made);
    }).catch(toastError);
    return () => {
      left = true;
      opened?.close();
    };
  }, [name]);
  if (!flow) return <Loading />;
  return (
    <OpenFlowContexts flow={flow}><div className="flow-page">
      <TopBar />
      <div className="flow-page-middle">
        {palette && <Palette />}
        <div className="flow-page-centre">
          <Notices />
          <div className="flow-page-stage"><FlowCanvas onDropType={(type, at) => addDroppedNode(flow.canvas, type, at)} /></div>
          <BottomDrawer />
        </div>
        <Dock />
      </div>
      <CanvasMenu />
      <QuickAdd />
      <Announcer />
      <OpenDialog />
    </div></OpenFlowContexts>
  );
}

function OpenDialog() {
  const dialog = useLayout((state) => state.dialog);
  const panel = panels.find(({ id, place }) => place === "dialog" && id === dialog);
  return panel ? <PanelView id={panel.id} /> : null;
}
