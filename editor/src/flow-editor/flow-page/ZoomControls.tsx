/** Zoom, fit, and what is shown on the canvas: live figures, heat, the way of dragging. */
import { CommandButton } from "../commands/CommandButton";
import { useCanvas } from "../editing/canvasState";
import { commandNamed } from "./allCommands";

export function ZoomControls() {
  const live = useCanvas((state) => state.live);
  const heat = useCanvas((state) => state.heat);
  const lassoFirst = useCanvas((state) => state.lassoFirst);
  const percent = useCanvas((state) => state.percent);
  return (
    <div className="zoom-controls" role="group">
      <CommandButton command={commandNamed("live")} pressed={live} />
      <CommandButton command={commandNamed("heat")} pressed={heat} />
      <CommandButton command={commandNamed("lasso")} pressed={lassoFirst} />
      <span className="zoom-line" />
      <CommandButton command={commandNamed("zoom-out")} />
      <span className="zoom-percent number">{percent}%</span>
      <CommandButton command={commandNamed("zoom-in")} />
      <CommandButton command={commandNamed("fit")} />
    </div>
  );
}
