import { defineWords } from "../../platform/i18n/words";

export const paletteWords = defineWords(
  {
    "palette.label": "节点列表",
    "palette.search": "搜索节点",
    "palette.placeholder": "中文、拼音首字母或英文",
    "palette.found": "搜索结果",
    "palette.none": "没有与“{{typed}}”匹配的节点",
    "quick.label": "添加节点",
    "quick.takes": "可接收 {{payload}} 的节点",
    "quick.gives": "可输出“{{payload}}”的节点",
    "quick.any": "任意消息",
  },
  {
    "palette.label": "Node types",
    "palette.search": "Search node types",
    "palette.placeholder": "Search nodes",
    "palette.found": "Found",
    "palette.none": "No node is called “{{typed}}”",
    "quick.label": "Add a node",
    "quick.takes": "Nodes that take {{payload}}",
    "quick.gives": "Nodes that give {{payload}}",
    "quick.any": "any message",
  },
);
