/** The account of a deploy: every message that came in went out or is held. */
import type { DeployReport } from "../../platform/api/generated";

/** In (with what was held before) = out + held. */
export const messageBalance = ({ came_in, held_before, went_out, held_after }: Pick<DeployReport, "came_in" | "held_before" | "went_out" | "held_after">): { in: number; out: number; held: number } =>
  ({ in: came_in + held_before, out: went_out, held: held_after });
