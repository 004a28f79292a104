import { isArray, isObject, type Json, type JsonObject } from "../json";

/**
 * What somebody said about a layer, in the few words that a box has room for: `128 filters · 2×2 · stride 2 · relu`.
 * Only what is in the config and tells layers of one class apart; the inspector has all of it.
 */
export function argumentsText(config: JsonObject): string {
  return Object.entries(WORDS).flatMap(([name, word]) => {
    const value = config[name];
    return value === undefined || value === null ? [] : word(value);
  }).join(" · ");
}

type Word = (value: Json) => string[];

const count = (noun: string): Word => (value) => [`${plain(value)} ${value === 1 ? noun.replace(/s$/, "") : noun}`];
const named = (name: string): Word => (value) => [`${name} ${plain(value)}`];
const sizes: Word = (value) => [isArray(value) ? value.map(plain).join("×") : plain(value)];
const unless = (usual: Json, word: Word): Word => (value) => (JSON.stringify(value) === JSON.stringify(usual) ? [] : word(value));

// In the order in which a person would say them.
const WORDS: Readonly<Record<string, Word>> = {
  units: count("units"),
  filters: count("filters"),
  kernel_size: sizes,
  pool_size: sizes,
  size: sizes,
  strides: (value) => {
    const all = isArray(value) ? value : [value];
    if (all.every((one) => one === 1)) return [];
    return [`stride ${all.every((one) => one === all[0]) ? plain(all[0] ?? null) : all.map(plain).join("×")}`];
  },
  dilation_rate: (value) => ((isArray(value) ? value : [value]).every((one) => one === 1) ? [] : [`dilation ${sizes(value).join("")}`]),
  padding: unless("valid", (value) => [isArray(value) ? `pad ${JSON.stringify(value).replaceAll(",", ", ")}` : plain(value)]),
  cropping: (value) => [`crop ${JSON.stringify(value).replaceAll(",", ", ")}`],
  target_shape: (value) => [`to ${tuple(value)}`],
  dims: (value) => [tuple(value)],
  input_dim: named("of"),
  output_dim: named("to"),
  num_heads: count("heads"),
  key_dim: named("key"),
  rate: named("rate"),
  axis: unless(-1, (value) => [`axis ${isArray(value) ? value.map(plain).join(", ") : plain(value)}`]),
  n: count("times"),
  activation: unless("linear", (value) => [plain(value)]),
  return_sequences: unless(false, () => ["sequences"]),
  scale: unless(true, named("scale")),
};

function tuple(value: Json): string {
  if (!isArray(value)) return plain(value);
  return value.length === 1 ? `(${plain(value[0] ?? null)},)` : `(${value.map(plain).join(", ")})`;
}

/** An object is told by its class, as Keras writes activations and layers of its own. */
function plain(value: Json): string {
  if (isObject(value)) return typeof value.class_name === "string" ? value.class_name : "{…}";
  if (isArray(value)) return value.map(plain).join(", ");
  return value === true ? "True" : value === false ? "False" : value === null ? "None" : String(value);
}
