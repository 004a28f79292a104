import { expect, test } from "vitest";
import { piecesOf, type Message } from "./message";
import { LANGUAGES, languageOf, messageOf, say, t, type Key, type Language } from "./words";
import { en } from "./en";

const SOURCES = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const KEYS = Object.keys(en) as Key[];
const OTHERS = (Object.keys(LANGUAGES) as Language[]).filter((one) => one !== "en");

test("t says the sentence with its values", () => {
  expect(t("app.cannot-open", { address: "/a", reason: "gone" })).toBe("/a cannot be opened: gone");
});

test("a count chooses its form and is grouped", () => {
  expect([0, 1, 1200].map((n) => t("count.layers", { n }))).toEqual(["0 layers", "1 layer", "1,200 layers"]);
  expect(say("zh-CN", "count.layers", { n: 1200 })).toBe("1,200 层");
});

test("a tag finds its language", () => {
  expect(["zh-Hans-SG", "zh", "en-GB", "fr"].map(languageOf)).toEqual(["zh-CN", "zh-CN", "en", null]);
});

test.each(OTHERS)("%s says all that English says, with the same placeholders", (language) => {
  const wrong = KEYS.filter((key) => messageOf(language, key) === "" || namesIn(messageOf(language, key)) !== namesIn(messageOf("en", key)));
  expect(wrong).toEqual([]);
});

test("Chinese has a space between Chinese and Latin, and full-width punctuation after Chinese", () => {
  const wrong = KEYS.flatMap((key) => formsOf(messageOf("zh-CN", key))).map((text) => text.replaceAll("{link}", "链接")).filter((text) => /\p{sc=Han}[\w{]|[\w}]\p{sc=Han}|\p{sc=Han}[,.:;!?()]/u.test(text));
  expect(wrong).toEqual([]);
});

test("every message is said somewhere", () => {
  const said = Object.entries(SOURCES).filter(([name]) => !name.includes(".test.") && !name.includes("/words/")).map(([, text]) => text).join("\n");
  const isSaid = (key: string): boolean => said.includes(`"${key}"`) || [...key.matchAll(/[.]/g)].some(({ index }) => said.includes(`\`${key.slice(0, index + 1)}\${`));
  expect(KEYS.filter((key) => !isSaid(key))).toEqual([]);
});

function formsOf(message: Message): string[] {
  return typeof message === "string" ? [message] : Object.values(message);
}

function namesIn(message: Message): string {
  return piecesOf(message, "en", 2).filter((_, i) => i % 2 === 1).sort().join();
}
