import type { ReportNode } from "./api";

// How warm a layer is: how much of one amount it has, beside the layer that has most of it.

export const HEATS = ["parameters", "multiply_adds", "activation_bytes"] as const;
export type Heat = (typeof HEATS)[number];

/** 0: nothing. 5: the most, and down to half of it; each step below is up to half of the one above it. */
export type HeatStep = 0 | 1 | 2 | 3 | 4 | 5;
export const HEAT_STEPS: readonly HeatStep[] = [0, 1, 2, 3, 4, 5];

/** Null where it is not known. */
export function amountOf({ params, cost }: ReportNode, heat: Heat): number | null {
  if (heat !== "parameters") return cost?.[heat] ?? null;
  return params.trainable === null || params.non_trainable === null ? null : params.trainable + params.non_trainable;
}

/** The step of an amount where `most` is the largest. */
export function stepOf(amount: number, most: number): HeatStep {
  if (amount === 0) return 0;
  const below = Math.min(4, Math.floor(Math.log2(most / amount)));
  return HEAT_STEPS[5 - below] ?? 1;
}
