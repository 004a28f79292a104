import type { KeyboardEvent, ReactNode } from "react";

export interface Tab<K extends string> {
  readonly key: K;
  readonly title: ReactNode;
}

/** A row of tabs; arrows walk along it. `idOf` names the panel that each one controls. */
export function Tabs<K extends string>({ label, tabs, chosen, onChoose, panel, children }: { readonly label: string; readonly tabs: readonly Tab<K>[]; readonly chosen: K | null; readonly onChoose: (key: K) => void; readonly panel: string; readonly children?: ReactNode }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.key);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  const isAnyChosen = tabs.some((tab) => tab.key === chosen);
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} className="list" onKeyDown={onKeyDown}>
        {tabs.map(({ key, title }, i) => (
          <button
            key={key}
            type="button"
            role="tab"
            data-tab={key}
            className={`tab${key === chosen ? " on" : ""}`}
            aria-selected={key === chosen}
            aria-controls={key === chosen ? panel : undefined}
            tabIndex={key === chosen || (!isAnyChosen && i === 0) ? 0 : -1}
            onClick={() => { onChoose(key); }}
          >
            {title}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}
