/** A curve drawn by ECharts, which is fetched when the first one is shown; drawn again when the light or the size changes. */
import { useEffect, useRef, useState } from "react";
import { useWords } from "../../platform/i18n";
import { loadOnce } from "../../platform/kit/loadOnce";
import { useTheme } from "../../platform/kit/theme";
import { type Colors, readColors } from "./colors";
import type { DrawnChart, Options } from "./echarts";
import "./chart.css";

interface Props {
  label: string;
  /** Made anew when this changes. */
  options: (colors: Colors) => Options;
  height?: number | undefined;
}

/** May be called early, so that the library is there when the curve is. */
export const loadCharts = loadOnce(() => import("./echarts"));

export function Chart({ label, options, height = 220 }: Props) {
  const { t } = useWords();
  const { theme } = useTheme();
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnChart | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    let resized: ResizeObserver | null = null;
    void loadCharts().then(({ drawChart: draw }) => {
      if (gone || !element.current) return;
      drawn.current = draw(element.current);
      resized = new ResizeObserver(() => drawn.current?.resize());
      resized.observe(element.current);
      setReady(true);
    });
    return () => {
      gone = true;
      resized?.disconnect();
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, []);
  useEffect(() => {
    if (ready) drawn.current?.setOption({ animation: false, ...options(readColors()) }, { notMerge: true });
  }, [ready, options, theme]);
  return (
    <div className="chart" style={{ height }} role="img" aria-label={label} data-drawn={ready || undefined}>
      <div ref={element} style={{ height: "100%" }} />
      {!ready && <div className="chart-wait">{t("kit.loading")}</div>}
    </div>
  );
}
