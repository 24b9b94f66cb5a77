/** The account of a deploy: every message that came in went out or is held. */
import type { Report } from "./deploying";

/** `120 = 118 + 2`: in (with what was held before) = out + held. */
export const sumOf = ({ came_in, held_before, went_out, held_after }: Pick<Report, "came_in" | "held_before" | "went_out" | "held_after">): string =>
  `${came_in + held_before} = ${went_out} + ${held_after}`;
