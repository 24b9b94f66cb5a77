/** The colours of the page as a canvas needs them: by value. */
export interface Colors {
  ink: string;
  pale: string;
  line: string;
  panel: string;
  accent: string;
  a1: string;
  a2: string;
  old: string;
}

export function readColors(): Colors {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: of("--ink"), pale: of("--ink-3"), line: of("--line"), panel: of("--panel"), accent: of("--accent"), a1: of("--dot-a1"), a2: of("--dot-a2"), old: of("--line-strong"),
  };
}
