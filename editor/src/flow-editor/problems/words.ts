import { defineWords } from "../../platform/i18n/words";

export const problemWords = defineWords(
  {
    "problems.title": "问题",
    "problems.none": "没有问题，可以部署。",
    "problems.checking": "正在检查……",
    "problems.error": "错误",
    "problems.warning": "警告",
    "problems.line": "第 {{line}} 行",
  },
  {
    "problems.title": "Problems",
    "problems.none": "Nothing is wrong; it can be deployed.",
    "problems.checking": "Checking …",
    "problems.error": "Error",
    "problems.warning": "Warning",
    "problems.line": "line {{line}}",
  },
);
