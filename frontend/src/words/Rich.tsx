import { Fragment, type ReactNode } from "react";
import { piecesOf } from "./message";
import { language, messageOf, type Key, type Values } from "./words";

/** A sentence with parts of the page in its places: links, code, emphasised numbers. */
export function rich<K extends Key>(key: K, ...[values]: Values<K, ReactNode>): ReactNode {
  const given: Readonly<Record<string, ReactNode>> = values ?? {};
  const spoken = language();
  return piecesOf(messageOf(spoken, key), spoken, given.n).map((piece, i) => <Fragment key={i}>{i % 2 === 0 ? piece : given[piece]}</Fragment>);
}
