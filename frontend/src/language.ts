import { rootPath } from "./address";
import type { EditorStore } from "./store";
import { languageOf, type Language } from "./words/words";

const KEY = "layerwright-language";
const YEAR_SECONDS = 365 * 24 * 3600;

/** Speaks the chosen language, else the browser's, and keeps the page and this browser in step with the choice. */
export function followLanguage(store: EditorStore): void {
  const wanted = read() ?? navigator.languages.map(languageOf).find((one) => one !== null) ?? "en";
  document.documentElement.lang = wanted;
  store.setState({ language: wanted });
  // Only a choice is kept: who changes the browser's language without one is followed.
  store.subscribe((state, before) => {
    if (state.language === before.language) return;
    document.documentElement.lang = state.language;
    keep(state.language);
  });
}

function keep(chosen: Language): void {
  // For the service's pages that have no script.
  document.cookie = `${KEY}=${chosen}; path=${rootPath || "/"}; max-age=${String(YEAR_SECONDS)}; SameSite=Strict`;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // A browser that refuses storage speaks it until it is closed.
  }
}

function read(): Language | null {
  try {
    return languageOf(localStorage.getItem(KEY) ?? "");
  } catch {
    return null;
  }
}
