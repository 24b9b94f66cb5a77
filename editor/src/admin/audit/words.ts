import { defineWords } from "../../platform/i18n/words";

export const auditWords = defineWords(
  {
    "audit.at": "时间",
    "audit.who": "用户",
    "audit.action": "操作",
    "audit.target": "对象",
    "audit.details": "详情",
    "audit.address": "来源",
    "audit.more": "更早的记录",
    "audit.none": "没有符合条件的记录。",
  },
  {
    "audit.at": "Time",
    "audit.who": "Who",
    "audit.action": "Action",
    "audit.target": "What",
    "audit.details": "Details",
    "audit.address": "From",
    "audit.more": "Earlier entries",
    "audit.none": "No entries fit.",
  },
);
