// The layers that were added last, in this browser.

const KEY = "layerwright-recent";
const MOST = 12;

export function recentOps(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((op) => typeof op === "string") : [];
  } catch {
    return [];
  }
}

export function rememberOp(op: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([op, ...recentOps().filter((other) => other !== op)].slice(0, MOST)));
  } catch {
    // A browser that refuses storage knows no recent ones.
  }
}
