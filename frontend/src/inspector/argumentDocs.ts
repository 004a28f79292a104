import { useEffect } from "react";
import { argumentDocs, type ArgumentDocs } from "../api";
import { useEditor, useModel, useUi } from "../editor";
import type { Language } from "../words/words";

let asked: Language | null = null;

/** What arguments are for, asked for when the first layer is looked at, and again in another language. */
export function useArgumentDocs(): ArgumentDocs | null {
  const { ui } = useEditor();
  const spoken = useModel((state) => state.language);
  useEffect(() => {
    if (asked === spoken) return;
    asked = spoken;
    argumentDocs().then(
      (docs) => { if (asked === spoken) ui.setState({ argumentDocs: docs }); },
      () => { asked = null; }, // fields say what they take; the next layer asks again
    );
  }, [ui, spoken]);
  return useUi((state) => state.argumentDocs);
}

/** The sentence about an argument of a layer or operation; empty where there is none. */
export function docOf(docs: ArgumentDocs | null, op: string | null, name: string): string {
  return (op === null ? undefined : docs?.of[op]?.[name]) ?? docs?.arguments[name] ?? "";
}
