import type { EditorStore, Theme } from "./store";

const KEY = "layerwright-theme";

/** Brings back the chosen theme and keeps the page and this browser in step with it. */
export function followTheme(store: EditorStore): void {
  store.subscribe(({ theme }, before) => {
    if (theme !== before.theme) show(theme);
  });
  const kept = read();
  if (kept !== null) store.setTheme(kept);
}

function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that refuses storage shows the theme until it is closed.
  }
}

function read(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}
