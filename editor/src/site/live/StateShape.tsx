/** The mark of a device's state: a shape of its own for each, so that nobody has to know red from green. */
import type { StateCode } from "./state";
import "./site.css";

const shapes: Record<StateCode, React.ReactNode> = {
  ok: <circle cx="12" cy="12" r="8" />,
  a1: <path d="M12 2.5 22.5 21H1.5Z" />,
  a2: <path d="M12 .8 23.2 12 12 23.2.8 12Z" />,
  "over-range": <path d="M12 .8 23.2 12 12 23.2.8 12Z" />,
  fault: <rect x="3" y="3" width="18" height="18" rx="2.5" />,
  offline: <circle cx="12" cy="12" r="8" className="shape-hollow" strokeDasharray="4 3" />,
  silent: <circle cx="12" cy="12" r="8" className="shape-hollow" strokeDasharray="1.5 3" />,
  warming: <path d="M6 2.5h12v3.6L13.6 12 18 17.9v3.6H6v-3.6L10.4 12 6 6.1Z" />,
  uncalibrated: <path d="M7.5 2.5h9L22 12l-5.5 9.5h-9L2 12Z" className="shape-hollow" />,
  disabled: <circle cx="12" cy="12" r="7" className="shape-hollow" />,
};

const signs: Partial<Record<StateCode, string>> = { a1: "1", a2: "2", "over-range": "!", fault: "×" };

export function StateShape({ code, size = 24 }: { code: StateCode; size?: number }) {
  const sign = signs[code];
  return (
    <svg className={`shape shape-${code}`} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {shapes[code]}
      {sign && <text x="12" y={code === "a1" ? 18.5 : 16.6} textAnchor="middle">{sign}</text>}
    </svg>
  );
}

/** Shape, colour and text together. */
export function StateText({ code, text }: { code: StateCode; text: string }) {
  return <span className="state"><StateShape code={code} size={15} /><span className="state-text">{text}</span></span>;
}
