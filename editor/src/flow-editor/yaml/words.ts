import { defineWords } from "../../platform/i18n/words";

export const yamlWords = defineWords(
  {
    "yaml.title": "YAML",
    "yaml.good": "与画布一致",
    "yaml.bad": "文本暂时无法读取，画布保持上一个正确的版本",
    "yaml.search": "在文本中查找",
    "yaml.copy": "复制全部",
  },
  {
    "yaml.title": "YAML",
    "yaml.good": "The canvas shows this text",
    "yaml.bad": "This can't be read yet; the canvas keeps the last good version",
    "yaml.search": "Search in the text",
    "yaml.copy": "Copy everything",
  },
);
