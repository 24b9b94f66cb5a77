/** What people read for a field, for its choices, and for a place in a form; the name in the file stands in where nothing is declared. */
import type { Language } from "../../platform/i18n/words";
import { fieldsOf } from "./form";
import { resolveReference, type Schema } from "./schema";

export const titleOf = (name: string, schema: Schema, language: Language): string => (language === "zh" && schema["x-zh"]?.title) || schema.title || name;

export const helpOf = (schema: Schema, language: Language): string => (language === "zh" && schema["x-zh"]?.description) || schema.description || "";

export function choiceTitle(value: unknown, schema: Schema, language: Language): string {
  const declared = schema["x-choices"]?.[String(value)];
  return (declared && (declared[language] || declared.en)) || String(value);
}

/** `rules[0].op` or `rules.0.op` as people read it: Rules 1 › Test. */
export function placeTitle(path: string, root: Schema, language: Language): string {
  const titles: string[] = [];
  let here: Schema = root;
  for (const step of path.replace(/\[(\d+)\]/g, ".$1").split(".")) {
    const field = fieldsOf(here, root).find(({ name }) => name === step);
    const last = titles.length - 1;
    if (field) titles.push(titleOf(step, field.schema, language));
    else if (/^\d+$/.test(step) && last >= 0) titles[last] = `${titles[last]} ${Number(step) + 1}`;
    else titles.push(step);
    here = field?.schema ?? (typeof here.items === "object" ? resolveReference(here.items, root) : {});
  }
  return titles.join(" › ");
}
