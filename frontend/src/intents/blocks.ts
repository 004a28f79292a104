import { escapeName, kerasTensor } from "../document";
import type { Json, JsonObject } from "../json";
import { functional, inputEntry, type Fragment } from "./fragment";
import { snakeCase } from "./names";

// Blocks that people draw again and again, made to fit the tensor that they are put on.

export const BLOCKS = ["residual", "inception", "unet", "transformer", "squeeze-excite"] as const;
export type BlockKind = (typeof BLOCKS)[number];
type Shape = readonly (number | null)[];

/** How many axes a block takes: a batch, positions, channels. */
export function ranksOf(kind: BlockKind): readonly number[] {
  return kind === "transformer" ? [3] : kind === "squeeze-excite" || kind === "unet" || kind === "inception" ? [3, 4, 5] : [2, 3, 4, 5];
}

/** The block on a tensor of this shape; null where it does not fit. An unknown shape is taken for a picture's. */
export function blockOn(kind: BlockKind, shape: Shape | null): Fragment | null {
  const on = shape ?? [null, 32, 32, 64];
  if (!ranksOf(kind).includes(on.length)) return null;
  const draw = drawing(on);
  return draw.done(MAKERS[kind](draw, on.at(-1) ?? 64, on.length - 2));
}

interface Drawing {
  /** The tensor that the block is put on. */
  readonly x: string;
  /** A layer on these tensors; `together` gives them as one list. */
  add(className: string, config: JsonObject, ...from: readonly string[]): string;
  together(className: string, config: JsonObject, ...from: readonly string[]): string;
  done(output: string): Fragment;
}

const MAKERS: Readonly<Record<BlockKind, (draw: Drawing, channels: number, dims: number) => string>> = {
  residual: (draw, channels, dims) => {
    const core = (from: string): string => (dims === 0 ? draw.add("Dense", { units: channels }, from) : draw.add(`Conv${dims}D`, { filters: channels, kernel_size: 3, padding: "same" }, from));
    const first = draw.add("ReLU", {}, draw.add("BatchNormalization", {}, core(draw.x)));
    const second = draw.add("BatchNormalization", {}, core(first));
    return draw.add("ReLU", {}, draw.together("Add", {}, second, draw.x));
  },
  inception: (draw, channels, dims) => {
    const conv = (filters: number, size: number, from: string): string => draw.add(`Conv${dims}D`, { filters, kernel_size: size, padding: "same", activation: "relu" }, from);
    const [quarter, eighth] = [Math.max(1, Math.floor(channels / 4)), Math.max(1, Math.floor(channels / 8))];
    const pooled = draw.add(`MaxPooling${dims}D`, { pool_size: 3, strides: 1, padding: "same" }, draw.x);
    return draw.together("Concatenate", {}, conv(quarter, 1, draw.x), conv(quarter, 3, conv(eighth, 1, draw.x)), conv(quarter, 5, conv(eighth, 1, draw.x)), conv(quarter, 1, pooled));
  },
  unet: (draw, channels, dims) => {
    const conv = (filters: number, from: string): string => draw.add(`Conv${dims}D`, { filters, kernel_size: 3, padding: "same", activation: "relu" }, from);
    const skip = conv(channels, conv(channels, draw.x));
    const deep = conv(2 * channels, conv(2 * channels, draw.add(`MaxPooling${dims}D`, {}, skip)));
    const up = draw.add(`Conv${dims}DTranspose`, { filters: channels, kernel_size: 2, strides: 2 }, deep);
    return conv(channels, conv(channels, draw.together("Concatenate", {}, up, skip)));
  },
  transformer: (draw, channels) => {
    const heads = [8, 4, 2].find((one) => channels % one === 0) ?? 1;
    const seen = draw.add("MultiHeadAttention", { num_heads: heads, key_dim: Math.max(1, Math.floor(channels / heads)) }, draw.x, draw.x);
    const attended = draw.add("LayerNormalization", {}, draw.together("Add", {}, seen, draw.x));
    const thought = draw.add("Dense", { units: channels }, draw.add("Dense", { units: 4 * channels, activation: "gelu" }, attended));
    return draw.add("LayerNormalization", {}, draw.together("Add", {}, thought, attended));
  },
  "squeeze-excite": (draw, channels, dims) => {
    const squeezed = draw.add(`GlobalAveragePooling${dims}D`, { keepdims: true }, draw.x);
    const excited = draw.add("Dense", { units: channels, activation: "sigmoid" }, draw.add("Dense", { units: Math.max(1, Math.floor(channels / 16)), activation: "relu" }, squeezed));
    return draw.together("Multiply", {}, draw.x, excited);
  },
};

function drawing(shape: Shape): Drawing {
  const x = "x";
  const entries: Json[] = [{ ...inputEntry(x, shape, "float32"), inbound_nodes: [] }];
  const taken = new Set([x]);
  const put = (className: string, config: JsonObject, args: readonly Json[]): string => {
    const stem = snakeCase(className);
    let name = stem;
    for (let n = 1; taken.has(name); n += 1) name = `${stem}_${n}`;
    taken.add(name);
    entries.push({ module: "keras.layers", class_name: className, config: { name, ...config }, registered_name: null, name, inbound_nodes: [{ args, kwargs: {} }] });
    return name;
  };
  const tensor = (name: string): Json => kerasTensor(name, 0, 0);
  return {
    x,
    add: (className, config, ...from) => put(className, config, from.map(tensor)),
    together: (className, config, ...from) => put(className, config, [from.map(tensor)]),
    done: (output) => {
      const model = functional("block", [[x, 0, 0]], [[output, 0, 0]]);
      return { model: { ...model, config: { ...(model.config as JsonObject), layers: entries } }, standsFor: { [escapeName(x)]: null }, positions: {} };
    },
  };
}
