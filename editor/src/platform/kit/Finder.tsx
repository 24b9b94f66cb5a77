/** A box to type into with a list below it: arrows choose, Enter runs what is chosen at that very moment. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useWords } from "../i18n";
import { Icon } from "./Icon";
import "./finder.css";

export interface FinderRow {
  key: string;
  view: ReactNode;
  /** A heading above the row. */
  head?: string | undefined;
  disabledReason?: string | undefined;
  run: () => void;
}

interface Props {
  label: string;
  placeholder: string;
  typed: string;
  onType: (typed: string) => void;
  rows: FinderRow[];
  onClose: () => void;
  /** Where its corner stands; without it the box is at the top of the window. */
  at?: { x: number; y: number } | undefined;
  note?: ReactNode;
  /** Says nothing about an empty list: nothing has been asked yet. */
  quiet?: boolean;
}

export function Finder({ label, placeholder, typed, onType, rows, onClose, at, note, quiet }: Props) {
  const { t } = useWords();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState(0);
  const here = Math.min(chosen, Math.max(0, rows.length - 1));
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const before = document.activeElement;
    dialog.showModal();
    if (at) {
      const { width, height } = dialog.getBoundingClientRect();
      dialog.style.left = `${Math.max(8, Math.min(at.x, innerWidth - width - 8))}px`;
      dialog.style.top = `${Math.max(8, Math.min(at.y, innerHeight - Math.max(height, 340) - 8))}px`;
    }
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
    // Where it opened it stays.
  }, []);
  useEffect(() => void list.current?.children[here]?.scrollIntoView({ block: "nearest" }), [here, typed]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && rows.length) {
      event.preventDefault();
      setChosen((here + step + rows.length) % rows.length);
    }
    // An Enter that ends a Chinese input belongs to the input.
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      const row = rows[here];
      if (row && !row.disabledReason) row.run();
    }
  };

  return (
    <dialog ref={element} className={`finder ${at ? "finder-at" : ""}`} aria-label={label} onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === element.current && onClose()}>
      <div className="finder-box">
        <Icon name="search" />
        <input className="finder-input" role="combobox" aria-expanded="true" aria-controls={`${id}l`} aria-label={label} autoFocus spellCheck={false} autoComplete="off"
          aria-activedescendant={rows[here] ? `${id}-${here}` : undefined} placeholder={placeholder} value={typed}
          onChange={(event) => {
            setChosen(0);
            onType(event.target.value);
          }} />
      </div>
      {note && <div className="finder-note">{note}</div>}
      <ul ref={list} className="finder-list" role="listbox" id={`${id}l`} aria-label={label}>
        {rows.map((row, index) => (
          <li key={row.key} id={`${id}-${index}`} role="option" aria-selected={index === here} aria-disabled={row.disabledReason ? true : undefined} className="finder-row"
            data-head={row.head} onPointerMove={() => index !== here && setChosen(index)} onClick={() => !row.disabledReason && row.run()}>
            {row.view}
          </li>
        ))}
      </ul>
      {rows.length === 0 && !quiet && <p className="finder-none" role="status">{t("command.none")}</p>}
    </dialog>
  );
}
