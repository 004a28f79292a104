import type { ReportNode } from "../api";
import { FAMILIES } from "../family";
import { amountOf, HEATS, stepOf, type Heat } from "../heat";
import type { OwnColour } from "../intents/view";
import type { Colour, Legend, Numbers } from "../reading";
import { t, type PlainKey } from "../words/words";
import type { Box, Scene } from "./scene";

/** A colour's token for each box, and what the colours say. */
export interface Paint {
  readonly tokens: readonly string[];
  /** Whether the colour says an amount or a class and fills the whole spine. */
  readonly isFilled: boolean;
  readonly legend: Legend | null;
  /** The wires that this is about, by their numbers. */
  readonly wires?: ReadonlySet<number>;
}
export function isHeat(colour: Colour): colour is Heat {
  return HEATS.some((heat) => heat === colour);
}

/** Colours by kind give way to those that layers have of their own; other colours say what they say. */
export function paintOf(scene: Scene, colour: Colour, numbers: Numbers | null = null, own: ReadonlyMap<string, OwnColour> = new Map()): Paint {
  if (colour === "kind" || scene.isSketch) return { tokens: scene.boxes.map((box) => ownToken(box, own) ?? `f-${box.family}`), isFilled: false, legend: null };
  if (colour === "numbers") return numbers ? byNumbers(scene, numbers) : paintOf(scene, "kind", null, own);
  if (isHeat(colour)) return byAmount(scene, colour);
  if (colour === "problems") return byClass(scene, (box) => PROBLEMS[box.mark?.kind ?? "none"], PROBLEM_TOKENS);
  if (colour === "masks") return { ...byClass(scene, (box) => commonest<PlainKey>(nodesOf(scene, box).flatMap(({ masking }) => (masking ? [MASKING[masking]] : [])), "reading.mask.none"), MASK_TOKENS), wires: maskedWires(scene) };
  if (colour === "frozen") return byClass(scene, (box) => commonest(nodesOf(scene, box).map(trainingOf), "word.unknown"), TRAINING_TOKENS);
  if (colour === "dtype") return byClass(scene, (box) => commonest<string>(nodesOf(scene, box).map((node) => node.outputs[0]?.dtype ?? t("word.unknown")), t("word.unknown")));
  return byClass(scene, (box) => startOf(box.name));
}

function ownToken(box: Box, own: ReadonlyMap<string, OwnColour>): string | null {
  const colour = box.kind === "call" ? own.get(box.path) : undefined;
  return colour === undefined ? frameToken(box) : OWN_TOKENS[colour];
}

/** The colour of a frame that has one. */
export function frameToken({ frame }: Pick<Box, "frame">): string | null {
  return frame?.colour ? OWN_TOKENS[frame.colour] : null;
}

const OWN_TOKENS: Readonly<Record<OwnColour, string>> = { blue: "f-conv", purple: "f-dense", pink: "f-recurrent", orange: "f-attention", olive: "f-reshape", green: "f-norm", grey: "f-op" };

function nodesOf({ structure: { whole } }: Scene, { calls }: Box): ReportNode[] {
  return calls.flatMap((call) => whole.calls[call]?.nodes ?? []);
}

/** A group is as warm as the warmest layer in it: whoever looks for that one finds the way. */
function byAmount(scene: Scene, heat: Heat): Paint {
  const amounts = scene.boxes.map((box) => largest(nodesOf(scene, box).map((node) => amountOf(node, heat))));
  const most = amounts.reduce<number>((max, amount) => Math.max(max, amount ?? 0), 0);
  return { tokens: amounts.map((amount) => (amount === null ? "line-2" : `heat-${stepOf(amount, most)}`)), isFilled: true, legend: { kind: "amount", least: 0, most } };
}

/** Numbers of unknown meaning are spread evenly from the least to the most. */
function byNumbers(scene: Scene, { values }: Numbers): Paint {
  const { calls } = scene.structure.whole;
  const own = scene.boxes.map((box) => largest(box.calls.map((call) => values.get(calls[call]?.path ?? "") ?? null)));
  const given = own.filter((value) => value !== null);
  const [least, most] = [given.reduce((a, b) => Math.min(a, b), Infinity), given.reduce((a, b) => Math.max(a, b), -Infinity)];
  const tokens = own.map((value) => (value === null ? "line-2" : `heat-${most === least ? 5 : Math.round(((value - least) / (most - least)) * 5)}`));
  return { tokens, isFilled: true, legend: given.length > 0 ? { kind: "amount", least, most } : null };
}

function largest(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((max, amount) => (amount === null ? max : Math.max(max ?? amount, amount)), null);
}

const PROBLEMS = { error: "reading.error", warning: "reading.warning", none: "reading.no-problem" } as const;
const PROBLEM_TOKENS: Readonly<Record<string, string>> = { "reading.error": "error", "reading.warning": "warn", "reading.no-problem": "line-2" };
const TRAINING_TOKENS: Readonly<Record<string, string>> = { "reading.trained": "f-dense", "reading.frozen": "f-conv", "reading.no-weights": "line-2", "word.unknown": "line-2" };

const MASKING = { makes: "reading.mask.makes", passes: "reading.mask.passes", consumes: "reading.mask.consumes", drops: "reading.mask.drops" } as const;
const MASK_TOKENS: Readonly<Record<string, string>> = { "reading.mask.makes": "f-dense", "reading.mask.passes": "f-conv", "reading.mask.consumes": "f-norm", "reading.mask.drops": "warn", "reading.mask.none": "line-2" };

function maskedWires({ edges, specOf }: Scene): ReadonlySet<number> {
  return new Set(Array.from({ length: edges.length / 2 }, (_, e) => e).filter((e) => specOf(e)?.mask !== undefined));
}

function trainingOf({ params }: ReportNode): PlainKey {
  const { trainable, non_trainable: kept } = params;
  if (trainable === null || kept === null) return "word.unknown";
  return trainable > 0 ? "reading.trained" : kept > 0 ? "reading.frozen" : "reading.no-weights";
}

/** What tells layers apart comes first; that most of a group have no weights tells nothing. */
function commonest<T extends string>(values: readonly T[], none: T): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + (value === "reading.no-weights" ? 0.001 : 1));
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [none, 0] as const)[0];
}

/** The part of a name before its first number: `conv4` of `conv4_block1_1_conv`, `dense` of `dense_3`. */
function startOf(name: string): string {
  return /^[^_./\s-]+/.exec(name)?.[0] ?? name;
}

// Fourteen colours are told apart; more classes than that share the last one.
function byClass(scene: Scene, classOf: (box: Box) => string, tokens: Readonly<Record<string, string>> | null = null): Paint {
  const labels = scene.boxes.map(classOf);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const known = [...counts].sort((a, b) => b[1] - a[1]).map(([label]) => label);
  const tokenOf = (label: string): string => tokens?.[label] ?? PALETTE[Math.min(PALETTE.length - 1, known.indexOf(label))] ?? "f-op";
  const classes = known.slice(0, MOST_CLASSES).map((label) => ({ token: tokenOf(label), label: tokens ? t(label as PlainKey) : label }));
  return { tokens: labels.map(tokenOf), isFilled: true, legend: { kind: "classes", classes } };
}

const MOST_CLASSES = 8;
const PALETTE = ["conv", "merge", "activation", "attention", "norm", "pool", "recurrent", "dense", ...FAMILIES.filter((family) => !["conv", "merge", "activation", "attention", "norm", "pool", "recurrent", "dense"].includes(family))].map((family) => `f-${family}`);

