/** How a template will read, with the values of an example. */
const EXAMPLE: Record<string, string> = {
  sn: "GS001", time: "2026-01-01 08:00:00", type: "二级", val: "52.3", unit: "ppm", name: "1 号泵房", location: "A 区", level: "A2", threshold: "50", state: "报警，未确认",
  event: "报警", priority: "紧急", duration: "1 分 30 秒", peak: "58.1", raised: "2026-01-01 08:00:00", count: "1",
};

/** A variable that there is not stays as it stands. */
export const preview = (template: string): string => template.replace(/\{([^{}]*)\}/g, (hole, name: string) => EXAMPLE[name] ?? hole);
