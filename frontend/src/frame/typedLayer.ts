import type { CatalogEntry } from "../api";
import { isSource } from "../catalog";
import { controlOf, parse, valueText } from "../inspector/fields";
import { isArray, type Json } from "../json";

// A layer typed as Keras is: `Conv2D(128, 2, strides=2, activation="relu", name="Conv1")`. Brackets may stay open while
// one types.

export interface TypedLayer {
  /** The class, as far as it is typed. */
  readonly query: string;
  readonly args: readonly TypedArgument[];
}
export interface TypedArgument {
  readonly name: string | null;
  readonly text: string;
}
export interface Said {
  readonly config: Readonly<Record<string, Json>>;
  /** What was typed for an argument, where that says more than its value. */
  readonly texts: Readonly<Record<string, string>>;
  readonly name: string | null;
  /** Arguments that the class does not take, or not so. */
  readonly odd: readonly string[];
}

export function readTyped(text: string): TypedLayer {
  const [, query = "", inside] = /^\s*([^(]*)(?:\((.*))?$/s.exec(text) ?? [];
  if (inside === undefined) return { query: text, args: [] };
  const args = pieces(inside).map((piece): TypedArgument => {
    const [, name, value] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/s.exec(piece) ?? [];
    return name === undefined ? { name: null, text: piece.trim() } : { name, text: (value ?? "").trim() };
  });
  return { query: query.replace(/^(keras\.)?(layers\.)?/, "").trim(), args: args.filter((arg) => arg.text !== "") };
}

/** What the typed arguments say of a class: those without a name in the order of its parameters. */
export function saidOf(entry: CatalogEntry, args: readonly TypedArgument[]): Said {
  const config: Record<string, Json> = {};
  const texts: Record<string, string> = {};
  const odd: string[] = [];
  let name: string | null = null;
  const params = entry.params.filter((param) => param.name !== "name");
  args.forEach(({ name: said, text }, i) => {
    if (said === "name") {
      name = unquoted(text);
      return;
    }
    // keras.Input takes the shape without the batch; its layer keeps it with the batch.
    const isShape = isSource(entry) && (said === "shape" || (said === null && i === 0));
    const param = isShape ? params.find((one) => one.name === "batch_shape") : said === null ? params[i] : params.find((one) => one.name === said);
    const read = param && parse(controlOf(param.schema), unquoted(text));
    if (!param || !read || "problem" in read) {
      odd.push(said ?? text);
      return;
    }
    config[param.name] = isShape ? [null, ...(isArray(read.value) ? read.value : [read.value])] : read.value;
    if (!isShape && /\d\s*[*+]\s*\d/.test(text) && valueText(read.value) !== text) texts[param.name] = text;
  });
  return { config, texts, name, odd };
}

/** The parts between commas that lie in no brackets and no quotes; ends where the outermost bracket closes. */
function pieces(text: string): string[] {
  const found = [""];
  let depth = 0;
  let quote = "";
  for (const letter of text) {
    if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) {
      if (depth === 0) break;
      depth -= 1;
    }
    if (letter === "," && depth === 0 && quote === "") found.push("");
    else found[found.length - 1] += letter;
  }
  return found.filter((piece) => piece.trim() !== "");
}

function unquoted(text: string): string {
  const [, , inside] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  return inside ?? text.replace(/^["']/, "");
}
