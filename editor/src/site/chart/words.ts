import { defineWords } from "../../platform/i18n/words";

export const chartWords = defineWords(
  {
    "chart.hour": "{{sn}} 最近一小时浓度曲线（每分钟）",
    "chart.mean": "分钟均值",
    "chart.range": "最小–最大",
    "chart.count": "读数",
    "chart.none": "最近一小时没有数据。",
  },
  {
    "chart.hour": "Concentration of {{sn}} in the last hour, by the minute",
    "chart.mean": "mean of the minute",
    "chart.range": "least – greatest",
    "chart.count": "readings",
    "chart.none": "No data in the last hour.",
  },
);
