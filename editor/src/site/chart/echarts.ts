/** The parts of ECharts that our curves use; loaded when the first curve is shown. */
import { LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type Options = EChartsCoreOption;
export type DrawnChart = EChartsType;

export const drawChart = (element: HTMLElement): DrawnChart => init(element, null, { renderer: "canvas" });
