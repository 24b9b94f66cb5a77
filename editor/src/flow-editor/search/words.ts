import { defineWords } from "../../platform/i18n/words";

export const searchWords = defineWords(
  {
    "search.label": "在所有流程中搜索",
    "search.placeholder": "标识、标题、类型或配置",
  },
  {
    "search.label": "Search all flows",
    "search.placeholder": "Ids, titles, types, config",
  },
);
