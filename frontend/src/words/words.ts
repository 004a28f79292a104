import { en } from "./en";
import { filled, type Message, type Placeholders } from "./message";
import { zhCN } from "./zh-CN";

// All words of the editor, by keys that the compiler knows. A sentence is one message, never glued from pieces: other
// languages order it otherwise.

export type Key = keyof typeof en;
/** A key whose message has no placeholders. */
export type PlainKey = { [K in Key]: [Placeholders<(typeof en)[K]>] extends [never] ? K : never }[Key];
export type Values<K extends Key, V = string | number> = [Placeholders<(typeof en)[K]>] extends [never]
  ? []
  : [values: { readonly [name in Placeholders<(typeof en)[K]>]: V }];

/** How each language calls itself. */
export const LANGUAGES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

const MESSAGES: Readonly<Record<Language, Readonly<Record<Key, Message>>>> = { en, "zh-CN": zhCN };

/** What the page says in its language. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  return say(language(), key, values);
}

/** The same in a language that is named. */
export function say(spoken: Language, key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(MESSAGES[spoken][key], spoken, values);
}

export function messageOf(spoken: Language, key: Key): Message {
  return MESSAGES[spoken][key];
}

/** The language of the page is what its `lang` says: what is read aloud and what is written cannot differ. */
export function language(): Language {
  return typeof document === "undefined" ? "en" : (languageOf(document.documentElement.lang) ?? "en");
}

/** The language that we have for a tag, as browsers name them: `zh-Hans-SG` is read by who reads `zh-CN`. */
export function languageOf(tag: string): Language | null {
  // A page asks for its language with each word that it says.
  if (tag in LANGUAGES) return tag as Language;
  const [wanted] = tag.toLowerCase().split("-");
  return (Object.keys(LANGUAGES) as Language[]).find((have) => have.toLowerCase().split("-")[0] === wanted) ?? null;
}
