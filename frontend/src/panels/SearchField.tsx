import { Icon } from "../icons";

/** The search of a panel; `/` goes to it, Esc empties and then leaves it. */
export function SearchField({ label, value, onChange, onEnter }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void; readonly onEnter?: () => void }) {
  return (
    <div className="find">
      <Icon name="search" small />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => { onChange(event.target.value); }}
        onKeyDown={(event) => {
          if (event.key === "Enter") onEnter?.();
          if (event.key !== "Escape") return;
          event.stopPropagation();
          if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
