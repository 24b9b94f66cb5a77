import { expect, test } from "vitest";
import { preview } from "./preview";

test("variables are filled in and an unknown one stands out", () => {
  expect(preview("设备 {sn} 浓度 {val} {unit}，{vla}")).toBe("设备 GS001 浓度 52.3 ppm，{vla}");
});
