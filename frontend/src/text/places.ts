import { ensureSyntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";

interface Syntax {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: Syntax | null;
  readonly lastChild: Syntax | null;
  readonly nextSibling: Syntax | null;
}
const VALUES = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);
// A large text is parsed for as long as nobody notices; what lies behind is marked at the last place that is known.
const PATIENCE_MILLISECONDS = 200;

/** Where the value at a document's pointer stands in the text of its model; what is missing is marked where it would be. */
export function rangeOf(state: EditorState, pointer: string): { readonly from: number; readonly to: number } {
  let node: Syntax | null = ensureSyntaxTree(state, state.doc.length, PATIENCE_MILLISECONDS)?.topNode.firstChild ?? null;
  const way = pointer.split("/").slice(2).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (const part of way) {
    const next: Syntax | null = node?.name === "Object" ? memberOf(state, node, part) : node?.name === "Array" ? (childrenOf(node).filter((child) => VALUES.has(child.name))[Number(part)] ?? null) : null;
    if (!next) break;
    node = next;
  }
  if (!node) return { from: 0, to: 0 };
  // A whole layer underlined says less than its first line.
  return { from: node.from, to: Math.min(node.to, state.doc.lineAt(node.from).to) };
}

function memberOf(state: EditorState, node: Syntax, name: string): Syntax | null {
  const found = childrenOf(node).find((child) => child.name === "Property" && child.firstChild !== null && state.sliceDoc(child.firstChild.from, child.firstChild.to) === JSON.stringify(name));
  return found?.lastChild ?? null;
}

function childrenOf(node: Syntax): Syntax[] {
  const found: Syntax[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
