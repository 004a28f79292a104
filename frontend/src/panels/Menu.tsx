import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface MenuItem {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly isDisabled?: boolean;
  /** The name of an own colour that is shown before the title. */
  readonly swatch?: string;
  /** A heading above this item. */
  readonly heading?: string;
  readonly run: () => void;
}

/** A button that opens a list of deeds, which is asked for while it is open. Arrows walk, Enter does, Esc closes and gives the focus back. */
export function Menu({ label, className = "btn", items, isDisabled = false, title, children }: { readonly label: string; readonly className?: string; readonly items: () => readonly MenuItem[]; readonly isDisabled?: boolean; readonly title?: string; readonly children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    focusItem(root.current, 0);
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", onDown);
    return () => {
      document.removeEventListener("pointerdown", onDown);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) {
      if (event.key !== "ArrowDown") return;
      setOpen(true);
    } else if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(root.current, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Home" || event.key === "End") focusItem(root.current, event.key === "Home" ? 0 : -1);
    else return;
    event.stopPropagation();
    if (event.key !== "Tab") event.preventDefault();
  };
  return (
    <div className="menuroot" ref={root} onKeyDown={onKeyDown}>
      <button type="button" ref={button} className={className} disabled={isDisabled} title={title} aria-label={label} aria-haspopup="menu" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} onClick={() => { setOpen(!isOpen); }}>
        {children}
      </button>
      {isOpen && (
        <div className="menu" id={id} role="menu" aria-label={label}>
          {items().map((item) => (
            <div key={item.id} role="none">
              {item.heading !== undefined && <p className="mh">{item.heading}</p>}
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                className="mi"
                data-item={item.id}
                disabled={item.isDisabled}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                {item.swatch !== undefined && <i className={`swatch own-${item.swatch}`} />}
                {item.title}
                {item.note !== undefined && <span className="k">{item.note}</span>}
              </button>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsOf(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)') ?? [])];
}

function focusItem(root: HTMLElement | null, at: number): void {
  itemsOf(root).at(at)?.focus();
}

function step(root: HTMLElement | null, by: 1 | -1): void {
  const items = itemsOf(root);
  const now = items.findIndex((item) => item === document.activeElement);
  items[(now + by + items.length) % items.length]?.focus();
}
