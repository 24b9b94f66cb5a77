/** The edge of a panel, dragged or moved by arrow keys to size it. */
import { followPointer } from "../../platform/kit/followPointer";

interface Props {
  label: string;
  side: "left" | "top";
  size: number;
  onSize: (size: number) => void;
}

export function Splitter({ label, side, size, onSize }: Props) {
  const down = (event: React.PointerEvent<HTMLDivElement>): void => {
    const start = side === "left" ? event.clientX : event.clientY;
    followPointer(event.nativeEvent, (next) => onSize(size + start - (side === "left" ? next.clientX : next.clientY)), (last) => {
      if (!last) onSize(size);
    });
  };
  const keys: Record<string, number> = side === "left" ? { ArrowLeft: 20, ArrowRight: -20 } : { ArrowUp: 20, ArrowDown: -20 };
  return (
    <div className={`splitter splitter-${side}`} role="separator" aria-label={label} aria-orientation={side === "left" ? "vertical" : "horizontal"}
      aria-valuenow={size} aria-valuemin={120} aria-valuemax={2000} tabIndex={0} onPointerDown={down}
      onKeyDown={(event) => {
        const by = keys[event.key];
        if (by === undefined) return;
        event.preventDefault();
        onSize(size + by);
      }} />
  );
}
