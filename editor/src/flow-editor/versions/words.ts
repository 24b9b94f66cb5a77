import { defineWords } from "../../platform/i18n/words";

export const versionWords = defineWords(
  {
    "versions.title": "版本",
    "versions.none": "还没有部署过。",
    "versions.no-note": "无说明",
    "versions.removed": "流程被删除",
    "versions.same": "两者没有差别。",
    "versions.running": "运行中",
    "versions.draft": "我的草稿",
    "versions.against": "与此版本相比，改变了什么",
    "versions.to-draft": "从此版本到我的草稿，改变了什么",
    "versions.restore": "把第 {{number}} 版恢复为草稿",
    "versions.restored": "草稿已恢复为第 {{number}} 版",
    "versions.restored.hint": "部署后生效；可以撤销。",
    "versions.gone": "此版本删除了流程，没有内容可恢复",
  },
  {
    "versions.title": "Versions",
    "versions.none": "Nothing was deployed yet.",
    "versions.no-note": "no note",
    "versions.removed": "the flow was removed",
    "versions.same": "There is no difference between the two.",
    "versions.running": "running",
    "versions.draft": "my draft",
    "versions.against": "What changed since",
    "versions.to-draft": "What changes from this version to",
    "versions.restore": "Restore version {{number}} as a draft",
    "versions.restored": "The draft is version {{number}} again",
    "versions.restored.hint": "It runs once it is deployed; it can be undone.",
    "versions.gone": "This version removed the flow; there is nothing to restore",
  },
);
