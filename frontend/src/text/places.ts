import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
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

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where the values at a document's pointers stand in the text of its model; what is missing is marked where it would be. */
export function rangesOf(state: EditorState, pointers: readonly string[]): Range[] {
  // One parse for all of them: of NASNetLarge each would wait for its own as long as nobody notices one.
  const tree = ensureSyntaxTree(state, state.doc.length, PATIENCE_MILLISECONDS) ?? syntaxTree(state);
  return pointers.map((pointer) => rangeOf(state, tree.topNode.firstChild, pointer));
}

/** The character at which a text stops being JSON. */
export function breakIn(state: EditorState): Range {
  const tree = ensureSyntaxTree(state, state.doc.length, PATIENCE_MILLISECONDS) ?? syntaxTree(state);
  let at = state.doc.length;
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) at = Math.min(at, from);
      return from < at;
    },
  });
  const { length } = state.doc;
  return at < length ? { from: at, to: at + 1 } : { from: Math.max(0, length - 1), to: length };
}

/** The one change that makes a text another, from where they first differ to where they last do: what is seen stays in sight. */
export function becomes(now: string, next: string): Range & { readonly insert: string } {
  const shorter = Math.min(now.length, next.length);
  let from = 0;
  while (from < shorter && now[from] === next[from]) from += 1;
  let same = 0;
  while (same < shorter - from && now[now.length - 1 - same] === next[next.length - 1 - same]) same += 1;
  return { from, to: now.length - same, insert: next.slice(from, next.length - same) };
}

function rangeOf(state: EditorState, top: Syntax | null, pointer: string): Range {
  let node = top;
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
