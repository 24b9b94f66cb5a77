/** The texts of one area of the interface in both languages; a key that one side lacks does not compile. */
export interface AreaWords {
  zh: Record<string, string>;
  en: Record<string, string>;
}

export function defineWords<K extends string>(zh: Record<K, string>, en: Record<NoInfer<K>, string>): AreaWords {
  return { zh, en };
}
