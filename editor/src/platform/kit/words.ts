import { defineWords } from "../i18n/words";

export const kitWords = defineWords(
  {
    "kit.close": "关闭",
    "kit.cancel": "取消",
    "kit.ok": "确定",
    "kit.delete": "删除",
    "kit.save": "保存",
    "kit.copy": "复制",
    "kit.copied": "已复制",
    "kit.add": "添加",
    "kit.loading": "加载中……",
    "kit.nothing": "没有内容",
    "kit.needs": "需要{{role}}角色",
  },
  {
    "kit.close": "Close",
    "kit.cancel": "Cancel",
    "kit.ok": "OK",
    "kit.delete": "Delete",
    "kit.save": "Save",
    "kit.copy": "Copy",
    "kit.copied": "Copied",
    "kit.add": "Add",
    "kit.loading": "Loading …",
    "kit.nothing": "Nothing here",
    "kit.needs": "Needs the role {{role}}",
  },
);
