import type { Report } from "./api";
import { pathOfKey } from "./document";

// Which layers lead to others, of the outermost model, as the report's wires say.

export type Way = "to" | "from";

/** The layers themselves and all that they come from (`to`), or all that comes from them (`from`). */
export function along(report: Report, paths: Iterable<string>, way: Way): Set<string> {
  const next = neighbours(report, way);
  const seen = new Set([...paths].map((path) => path.split("/")[0] ?? path));
  for (const path of seen) for (const one of next.get(path) ?? []) seen.add(one);
  return seen;
}

/** All layers on any way from one of some layers to another of them, whichever comes first, and these; alone where there is none. */
export function between(report: Report, paths: readonly string[]): Set<string> {
  const after = along(report, paths, "from");
  return new Set([...along(report, paths, "to")].filter((path) => after.has(path)));
}

function neighbours({ nodes }: Report, way: Way): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const node of nodes) {
    const path = pathOfKey("", node.layer);
    for (const [layer] of node.inbound) {
      const source = pathOfKey("", layer);
      const [from, to] = way === "from" ? [source, path] : [path, source];
      const own = next.get(from);
      if (own) own.push(to);
      else next.set(from, [to]);
    }
  }
  return next;
}
