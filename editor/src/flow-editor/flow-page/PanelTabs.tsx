/** Tabs of panels: icon, title, and a number where there is something to count. */
import { useWords } from "../../platform/i18n";
import { Icon } from "../../platform/kit/Icon";
import { useDocument } from "../editing/context";
import type { Panel } from "../editing/panels";

interface Props {
  label: string;
  panels: Panel[];
  open: string;
  controls: string;
  onOpen: (id: string) => void;
}

export function PanelTabs({ label, panels, open, controls, onOpen }: Props) {
  const { t } = useWords();
  const move = (event: React.KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = [...event.currentTarget.children].indexOf(document.activeElement as Element);
    const next = step !== undefined && panels[(at + step + panels.length) % panels.length];
    if (!next) return;
    event.preventDefault();
    (event.currentTarget.children[panels.indexOf(next)] as HTMLElement).focus();
    if (open) onOpen(next.id);
  };
  return (
    <div className="panel-tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {panels.map((panel, index) => (
        <button key={panel.id} type="button" role="tab" data-panel={panel.id} className="panel-tab" aria-selected={panel.id === open} aria-controls={panel.id === open ? controls : undefined}
          tabIndex={panel.id === open || (!open && index === 0) ? 0 : -1} onClick={() => onOpen(panel.id)}>
          <Icon name={panel.icon} size={15} />
          <span>{t(panel.title)}</span>
          {panel.count && <Count count={panel.count} />}
        </button>
      ))}
    </div>
  );
}

function Count({ count }: { count: NonNullable<Panel["count"]> }) {
  const number = useDocument(count);
  return number > 0 ? <span className="panel-count">{number}</span> : null;
}
