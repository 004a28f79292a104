/** Where the service's `/` is, as the page says: behind a proxy it may lie below a path. */
export const rootPath = typeof document === "undefined" ? "" : (document.getElementById("root")?.dataset.root ?? "");

/** The address of a path of the service, as in `at("/docs")`. */
export function at(path: string): string {
  return rootPath + path;
}
