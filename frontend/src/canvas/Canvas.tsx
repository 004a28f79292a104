import { useEffect, useRef } from "react";
import type { View } from "../commands";
import type { EditorStore } from "../store";
import { createCanvasRoom } from "./room";

/** The graph of a store. It fills its parent, which must be positioned; `onView` gets what commands steer it with. */
export function Canvas({ store, onView, onZoom }: { readonly store: EditorStore; readonly onView: (view: View | null) => void; readonly onZoom: (scale: number) => void }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!root.current) return;
    const room = createCanvasRoom(root.current, store, onZoom);
    onView(room.view);
    return () => {
      room.stop();
      onView(null);
    };
  }, [store, onView, onZoom]);
  return <div ref={root} className="canvas" role="application" aria-label="Model graph: arrow keys walk along the wires" />;
}
