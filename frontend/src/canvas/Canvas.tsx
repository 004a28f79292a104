import { useEffect, useRef } from "react";
import type { View } from "../commands";
import type { LayoutClient } from "../layout/layoutClient";
import type { EditorStore } from "../store";
import { createCanvasRoom } from "./room";
import { t } from "../words/words";

/** The graph of a store. It fills its parent, which must be positioned; `onView` gets what commands steer it with. */
export function Canvas({ store, layouts, onView, onZoom }: { readonly store: EditorStore; readonly layouts: LayoutClient; readonly onView: (view: View | null) => void; readonly onZoom: (scale: number) => void }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!root.current) return;
    const room = createCanvasRoom(root.current, store, layouts, onZoom);
    onView(room.view);
    return () => {
      room.stop();
      onView(null);
    };
  }, [store, layouts, onView, onZoom]);
  return <div ref={root} className="canvas" role="application" aria-label={t("stage.graph")} />;
}
