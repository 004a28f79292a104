/** A whole sentence with `{placeholders}`, or its forms by the plural of `{n}`. */
export type Message = string | Forms;
export type Forms = { readonly other: string } & { readonly [form in Exclude<Intl.LDMLPluralRule, "other">]?: string };

/** The names of the placeholders of a message; one with forms is always told the number that chooses. */
export type Placeholders<M> = M extends string ? InText<M> : M extends { readonly other: infer T } ? InText<T> | "n" : never;
type InText<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | InText<Rest> : never;

/** The words of a message and, between them, the names of its placeholders: even places are words, odd ones are names. */
export function piecesOf(message: Message, language: string, n: unknown): string[] {
  return formOf(message, language, n).split(/\{(\w+)\}/);
}

/** The message with its values; numbers are grouped as the language groups them. */
export function filled(message: Message, language: string, values: Readonly<Record<string, string | number>>): string {
  return piecesOf(message, language, values.n)
    .map((piece, i) => (i % 2 === 0 ? piece : valueText(values[piece], language)))
    .join("");
}

function formOf(message: Message, language: string, n: unknown): string {
  if (typeof message === "string") return message;
  const form = rulesOf(language).select(typeof n === "number" ? n : 0);
  return message[form] ?? message.other;
}

// Making rules takes longer than all else about a message.
const known = new Map<string, Intl.PluralRules>();

function rulesOf(language: string): Intl.PluralRules {
  const rules = known.get(language) ?? new Intl.PluralRules(language);
  known.set(language, rules);
  return rules;
}

function valueText(value: string | number | undefined, language: string): string {
  return typeof value === "number" ? value.toLocaleString(language) : (value ?? "");
}
