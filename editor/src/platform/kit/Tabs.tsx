/** A row of tabs; arrow keys move between them. */
export function Tabs<K extends string>({ label, tabs, open, onOpen }: { label: string; tabs: { id: K; label: string }[]; open: K; onOpen: (id: K) => void }) {
  const move = (event: React.KeyboardEvent, step: number) => {
    const at = tabs.findIndex(({ id }) => id === open);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onOpen(next.id);
    (event.currentTarget.children[tabs.indexOf(next)] as HTMLElement).focus();
  };
  return (
    <div
      className="tabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") move(event, 1);
        if (event.key === "ArrowLeft") move(event, -1);
      }}
    >
      {tabs.map((tab) => (
        <button key={tab.id} type="button" role="tab" className="tab" aria-selected={tab.id === open} tabIndex={tab.id === open ? 0 : -1} onClick={() => onOpen(tab.id)}>
          {tab.label}
        </button>
      ))}
    </div>
  );
}
