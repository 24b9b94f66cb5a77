/** Languages, texts in them, and the texts of one area of the interface in both languages; a key that one side lacks does not compile. */
export type Language = "zh" | "en";

/** A text for people: one string, or one per language. */
export type LocalizedText = string | { zh?: string; en?: string };

export interface AreaWords {
  zh: Record<string, string>;
  en: Record<string, string>;
}

export function defineWords<K extends string>(zh: Record<K, string>, en: Record<NoInfer<K>, string>): AreaWords {
  return { zh, en };
}
