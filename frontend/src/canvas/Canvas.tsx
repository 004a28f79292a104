import { useEffect, useRef } from "react";
import type { View } from "../commands";
import type { Source } from "../intents/wires";
import type { LayoutClient } from "../layout/layoutClient";
import type { ReadingStore } from "../reading";
import type { EditorStore } from "../store";
import { t } from "../words/words";
import { createCanvasRoom } from "./room";

/** The graph of a store. It fills its parent, which must be positioned; `onView` gets what commands steer it with. */
export function Canvas({ store, reading, layouts, takesList, onView, onZoom, onVoid, onTitle }: { readonly store: EditorStore; readonly reading: ReadingStore; readonly layouts: LayoutClient; readonly takesList: (path: string) => boolean; readonly onView: (view: View | null) => void; readonly onZoom: (scale: number) => void; readonly onVoid: (from: Source, x: number, y: number) => void; readonly onTitle: () => void }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!root.current) return;
    const room = createCanvasRoom(root.current, { store, reading, layouts, takesList, onZoom, onVoid, onTitle });
    onView(room.view);
    return () => {
      room.stop();
      onView(null);
    };
  }, [store, reading, layouts, takesList, onView, onZoom, onVoid, onTitle]);
  return <div ref={root} className="canvas" role="application" aria-label={t("stage.graph")} />;
}
