/** A state told three ways at once: colour, shape and text. */
export type Level = "ok" | "info" | "warning" | "error" | "off";

const shapes: Record<Level, React.ReactNode> = {
  ok: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  info: <rect x="1.5" y="1.5" width="7" height="7" rx="1" fill="currentColor" />,
  warning: <path d="M5 1 9.5 9H.5Z" fill="currentColor" />,
  error: <path d="M5 .3 9.7 5 5 9.7.3 5Z" fill="currentColor" />,
  off: <circle cx="5" cy="5" r="3.3" fill="none" stroke="currentColor" strokeWidth="1.5" />,
};

export function StateMark({ level }: { level: Level }) {
  return <svg className={`state-${level}`} width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">{shapes[level]}</svg>;
}

export function State({ level, text }: { level: Level; text: string }) {
  return (
    <span className={`state state-${level}`}>
      <StateMark level={level} />
      <span className="state-text">{text}</span>
    </span>
  );
}
