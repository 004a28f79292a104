import type { Diagnostic, Report, ReportNode, Shape } from "./api";
import { lastOf, unescapeName } from "./document";
import { totalOf } from "./format";
import { factsOf } from "./outline";
import { addressIn, isAt } from "./tensors";

// Finding layers by what they are: `type:Conv2D params>400k shape:*,7,7,* is:error name:block4 conv1[1,0] text`.

/** What a layer must be; every one of a query's terms. */
type Term = (layer: Layer) => boolean;
interface Layer {
  readonly path: string;
  readonly nodes: readonly ReportNode[];
  readonly problems: readonly Diagnostic[];
  readonly ends: { readonly isInput: boolean; readonly isOutput: boolean };
}

/** Paths of the layers that a query is about, in the model's order, nested ones last. Nothing is asked: nothing is found. */
export function found(report: Report, query: string): string[] {
  const terms = termsOf(query);
  if (terms.length === 0) return [];
  const { calls, problems } = factsOf(report);
  const [inputs, outputs] = [report.inputs, report.outputs].map((refs) => new Set(refs.map(([layer]) => layer))) as [Set<string>, Set<string>];
  return [...calls].flatMap(([path, nodes]) => {
    const name = nodes[0]?.layer ?? "";
    const isOutermost = !path.includes("/");
    const layer = { path, nodes, problems: problems.get(path) ?? [], ends: { isInput: isOutermost && inputs.has(name), isOutput: isOutermost && outputs.has(name) } };
    return terms.every((term) => term(layer)) ? [path] : [];
  });
}

/** The words that `is:` knows. */
export const STATES = ["error", "warning", "frozen", "shared", "unknown", "input", "output", "off", "nested", "unused"] as const;

function termsOf(query: string): Term[] {
  // Quotes hold words together: name:"my layer".
  return [...query.matchAll(/\["[^\]]*\]|[^\s[\]]+\[\d+,\s*\d+\]|([a-z]+)(:|>=|<=|>|<|=)("[^"]*"|\S+)|"([^"]*)"|(\S+)/gi)].map(([all, key, sign, value, quoted, word]) => {
    const term = key !== undefined && sign !== undefined ? keyed(key.toLowerCase(), sign, (value ?? "").replaceAll('"', "")) : null;
    return term ?? containing(quoted ?? word ?? all);
  });
}

/** Null of a key that nobody knows: then the word is sought as it stands. */
function keyed(key: string, sign: string, value: string): Term | null {
  const wanted = value.toLowerCase();
  if (key === "type" && sign === ":") return ({ nodes }) => nodes[0]?.class_name.toLowerCase() === wanted;
  if (key === "name" && sign === ":") return ({ path }) => nameOf(path).includes(wanted);
  if (key === "dtype" && sign === ":") return ({ nodes }) => nodes.some((node) => node.outputs.some(({ dtype }) => dtype?.toLowerCase() === wanted));
  if (key === "shape" && sign === ":") {
    const pattern = wanted.replaceAll(/[()[\]\s]/g, "").split(/[,×x]/).filter((size) => size !== "");
    return ({ nodes }) => nodes.some((node) => node.outputs.some(({ shape }) => fits(shape, pattern)));
  }
  if (key === "is" && sign === ":") return isIn(wanted);
  const amountOf = AMOUNTS[key];
  const amount = numberOf(wanted);
  if (!amountOf || amount === null) return null;
  return ({ nodes }) => {
    const own = amountOf(nodes);
    return own !== null && COMPARE[sign === ":" ? "=" : sign]?.(own, amount) === true;
  };
}

function containing(text: string): Term {
  const address = addressIn(text);
  if (address) return ({ path, nodes }) => nodes.some((node) => isAt(address, path, node));
  const wanted = text.toLowerCase();
  return ({ path, nodes }) => nameOf(path).includes(wanted) || (nodes[0]?.class_name.toLowerCase().includes(wanted) ?? false);
}

function nameOf(path: string): string {
  return unescapeName(lastOf(path)).toLowerCase();
}

const AMOUNTS: Readonly<Record<string, (nodes: readonly ReportNode[]) => number | null>> = {
  params: ([node]) => (node ? totalOf(node.params) : null),
  macs: (nodes) => sum(nodes.map((node) => node.cost?.multiply_adds ?? null)),
  activations: (nodes) => sum(nodes.map((node) => node.cost?.activation_bytes ?? null)),
  calls: (nodes) => nodes.length,
};

function sum(amounts: readonly (number | null)[]): number | null {
  return amounts.some((amount) => amount !== null) ? amounts.reduce<number>((all, amount) => all + (amount ?? 0), 0) : null;
}

const COMPARE: Readonly<Record<string, (own: number, amount: number) => boolean>> = {
  ">": (own, amount) => own > amount,
  "<": (own, amount) => own < amount,
  ">=": (own, amount) => own >= amount,
  "<=": (own, amount) => own <= amount,
  "=": (own, amount) => own === amount,
};

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9, b: 1e9, t: 1e12 };

/** `400k`, `1.5M`, `12_000`; null of anything else. */
function numberOf(text: string): number | null {
  const [, digits, unit = ""] = /^([\d_,]*\.?\d+)([kmgbt]?)$/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits.replaceAll(/[_,]/g, "")) * (UNITS[unit] ?? 1);
}

/** A `*` or `?` is any size, `none` an open one; the batch may be left out. */
function fits(shape: Shape | null, pattern: readonly string[]): boolean {
  if (shape === null) return false;
  const sizes = shape.length === pattern.length + 1 ? shape.slice(1) : shape;
  return sizes.length === pattern.length && pattern.every((size, axis) => size === "*" || size === "?" || (size === "none" ? sizes[axis] === null : String(sizes[axis]) === size));
}

const NEVER: Term = () => false;

function isIn(state: string): Term {
  const known: Readonly<Record<(typeof STATES)[number], Term>> = {
    error: ({ problems }) => problems.some(({ severity }) => severity === "error"),
    warning: ({ problems }) => problems.some(({ severity }) => severity === "warning"),
    frozen: ({ nodes }) => nodes[0]?.params.trainable === 0 && (nodes[0].params.non_trainable ?? 0) > 0,
    shared: ({ nodes }) => nodes.length > 1,
    unknown: ({ nodes }) => nodes.some((node) => node.outputs.length === 0 || node.outputs.some(({ shape }) => shape === null)),
    input: ({ ends }) => ends.isInput,
    output: ({ ends }) => ends.isOutput,
    off: ({ nodes }) => nodes.some((node) => node.off !== undefined),
    unused: ({ nodes }) => nodes.some((node) => node.isLoose),
    nested: ({ nodes }) => nodes.some((node) => node.body),
  };
  return STATES.some((one) => one === state) ? known[state as (typeof STATES)[number]] : NEVER;
}
