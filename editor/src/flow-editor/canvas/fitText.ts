/** Signs of a text that fit: Han signs are about twice as wide as Latin ones. */
export function fitText(text: string, width_px: number, size_px: number): string {
  let used = 0;
  for (const [index, sign] of [...text].entries()) {
    used += size_px * (/[\u2e80-\uffef]/.test(sign) ? 1 : 0.56);
    if (used > width_px) return `${[...text].slice(0, Math.max(1, index - 1)).join("")}…`;
  }
  return text;
}

const MAX_REMEMBERED = 5000;

/** `fitText` that remembers: a thousand labels are drawn in every frame. */
export function rememberedFitText(): typeof fitText {
  const known = new Map<string, string>();
  return (text, width_px, size_px) => {
    const key = `${size_px} ${width_px} ${text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size > MAX_REMEMBERED) known.clear();
    const cut = fitText(text, width_px, size_px);
    known.set(key, cut);
    return cut;
  };
}
