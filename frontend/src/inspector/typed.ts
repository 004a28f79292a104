import { useState } from "react";

/** What is being typed for a value. Another value from outside (undo, a fix) replaces it; the focus stays. */
export function useTyped(shown: string, onReplaced?: () => void): readonly [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(shown);
  const [before, setBefore] = useState(shown);
  if (before !== shown) {
    setBefore(shown);
    setText(shown);
    onReplaced?.();
  }
  return [text, setText];
}
