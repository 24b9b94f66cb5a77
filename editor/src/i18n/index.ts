/** The language of the interface: zh-CN first, English beside it, switched without a reload. */
import i18next from "i18next";
import { useEffect, useState } from "react";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../api/types";
import type { Words } from "../flow/types";
import { firstWords } from "./first";
import type { AreaWords } from "./words";

const STORED = "mcs.language";

function firstLanguage(): Language {
  return localStorage.getItem(STORED) === "en" ? "en" : "zh";
}

function mergedOf(areas: AreaWords[]): { zh: Record<string, string>; en: Record<string, string> } {
  return { zh: Object.assign({}, ...areas.map(({ zh }) => zh)), en: Object.assign({}, ...areas.map(({ en }) => en)) };
}

let loading: Promise<void> | null = null;

/** The words of all pages; the wall does without. */
export function loadAllWords(): Promise<void> {
  loading ??= import("./all").then(({ allWords }) => {
    const merged = mergedOf(allWords);
    i18next.addResourceBundle("zh", "translation", merged.zh);
    i18next.addResourceBundle("en", "translation", merged.en);
  });
  return loading;
}

export function startLanguage(language: Language = firstLanguage()): void {
  const merged = mergedOf(firstWords);
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    resources: { zh: { translation: merged.zh }, en: { translation: merged.en } },
  });
  tellDocument(language);
}

export function setLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  void i18next.changeLanguage(language);
  tellDocument(language);
}

function tellDocument(language: Language): void {
  if (typeof document !== "undefined") document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export const currentLanguage = (): Language => (i18next.language === "en" ? "en" : "zh");

/** Whether all words are there; they are fetched when they are `wanted`. */
export function useAllWords(wanted: boolean): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    if (wanted) void loadAllWords().then(() => setThere(true));
  }, [wanted]);
  return there || !wanted;
}

/** The text of a key outside components. */
export const say = (key: string, values?: Record<string, string | number>): string => i18next.t(key, values ?? {});

/** `t` for a component, which is drawn again when the language changes. */
export function useWords(): { t: typeof say; language: Language; said: (words: Words | undefined) => string } {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh";
  return { t: (key, values) => t(key, values ?? {}), language, said: (words) => inLanguage(words, language) };
}

/** A text of the site in a language, else in the other one. */
export function inLanguage(words: Words | undefined, language: Language = currentLanguage()): string {
  if (words === undefined || typeof words === "string") return words ?? "";
  return words[language] || words.zh || words.en || "";
}
