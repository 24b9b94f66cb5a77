/** Zoom, fit, and what is shown on the canvas: live figures, heat, the way of dragging. */
import { useCanvas } from "../canvas/CanvasController";
import { CommandButton } from "../commands/CommandButton";
import { useCommands } from "./allCommands";

export function ZoomControls() {
  const commands = useCommands();
  const live = useCanvas((state) => state.live);
  const heat = useCanvas((state) => state.heat);
  const lassoFirst = useCanvas((state) => state.lassoFirst);
  const percent = useCanvas((state) => state.percent);
  return (
    <div className="zoom-controls" role="group">
      <CommandButton command={commands.named("live")} pressed={live} />
      <CommandButton command={commands.named("heat")} pressed={heat} />
      <CommandButton command={commands.named("lasso")} pressed={lassoFirst} />
      <span className="zoom-line" />
      <CommandButton command={commands.named("zoom-out")} />
      <span className="zoom-percent number">{percent}%</span>
      <CommandButton command={commands.named("zoom-in")} />
      <CommandButton command={commands.named("fit")} />
    </div>
  );
}
