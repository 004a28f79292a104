import { ContextMenu } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { COMMANDS, type Command } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import type { Spot } from "../ui";
import { t } from "../words/words";
import { Keys } from "./CommandPalette";

/** The menu of what is under the pointer, or of the selection where a key asked for it: the same commands as everywhere. */
export function CanvasMenu({ children }: { readonly children: ReactNode }) {
  const { store, ui, view } = useEditor();
  const spot = useUi((state) => state.spot);
  // A long press opens the menu by itself, without a word of where.
  const pressed = useRef<readonly [x: number, y: number] | null>(null);
  const locate = (x: number, y: number): void => {
    // A key asks at a corner of the element, where nothing is meant.
    const found: Spot = view.current?.spotAt(x, y) ?? { kind: "void", at: null };
    const { selection } = store.getState();
    if (found.kind === "layer" || found.kind === "port") {
      if (!selection.has(found.path)) store.select([found.path]);
      ui.setState({ spot: found });
    } else if (found.kind === "frame") {
      store.select(found.paths);
      ui.setState({ spot: found });
    } else ui.setState({ spot: found });
  };
  const kind = spot.kind === "port" ? "layer" : spot.kind;
  return (
    <ContextMenu.Root modal={false} onOpenChange={(isOpen) => { if (isOpen && pressed.current) locate(...pressed.current); }}>
      <ContextMenu.Trigger
        asChild
        onPointerDownCapture={({ pointerType, clientX, clientY }) => { pressed.current = pointerType === "mouse" ? null : [clientX, clientY]; }}
        onContextMenuCapture={(event) => {
          pressed.current = null;
          locate(event.clientX, event.clientY);
        }}
      >
        <div className="fill">{children}</div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className="menu context" aria-label={t(`menu.${kind}`)} onCloseAutoFocus={(event) => { event.preventDefault(); }}>
          {COMMANDS.filter((command) => command.menus?.includes(kind)).map((command) => <Item key={command.id} command={command} />)}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Item({ command }: { readonly command: Command }) {
  const editor = useEditor();
  const isEnabled = useModel((state) => command.enabled(state));
  return (
    <ContextMenu.Item className="mi" data-command={command.id} disabled={!isEnabled} onSelect={() => { setTimeout(() => { command.run(roomOf(editor)); }); }}>
      <span className="cut">{t(command.title)}</span>
      <Keys of={command} />
    </ContextMenu.Item>
  );
}
