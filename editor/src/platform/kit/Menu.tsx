/** A menu at a point of the page: arrows move, Enter runs, Escape and a click elsewhere close. */
import { useEffect, useLayoutEffect, useRef } from "react";
import { Icon } from "./Icon";

export interface MenuItem {
  label: string;
  icon?: string | undefined;
  keys?: string | undefined;
  /** Why it can't be run. */
  disabledReason?: string | undefined;
  run: () => void;
}

export function Menu({ label, items, at, onClose }: { label: string; items: (MenuItem | null)[]; at: { x: number; y: number }; onClose: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = element.current;
    if (!menu) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, innerHeight - height - 4))}px`;
    const before = document.activeElement;
    menu.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    return () => (before instanceof HTMLElement || before instanceof SVGElement ? before.focus() : undefined);
  }, [at.x, at.y]);
  useEffect(() => {
    const away = (event: PointerEvent) => !element.current?.contains(event.target as Node) && onClose();
    addEventListener("pointerdown", away, true);
    return () => removeEventListener("pointerdown", away, true);
  }, [onClose]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    const all = [...(element.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const here = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      all[(here + step + all.length) % all.length]?.focus();
    }
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    }
  };

  return (
    <div ref={element} className="menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map((item, index) =>
        item === null ? (
          <hr key={index} className="menu-line" />
        ) : (
          <button key={index} type="button" role="menuitem" className="menu-item" aria-disabled={item.disabledReason ? true : undefined} title={item.disabledReason}
            onClick={() => { if (!item.disabledReason) { onClose(); item.run(); } }}>
            {item.icon && <Icon name={item.icon} size={15} />}
            <span>{item.label}</span>
            {item.keys && <kbd>{item.keys}</kbd>}
          </button>
        ),
      )}
    </div>
  );
}
