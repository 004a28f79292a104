import { useEffect, useState } from "react";
import { at } from "../address";
import * as api from "../api";
import { goTo } from "../commands";
import { toJson } from "../document";
import { roomOf, useEditor } from "../editor";
import { effective } from "../intents/off";
import { pathOf } from "../outline";
import { ProblemBlock } from "../panels/ProblemBlock";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** What a traceback of Keras means, in the model that is open where there is one; a finding opens its place. */
export function Traceback({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  const editor = useEditor();
  const [said, setSaid] = useState<api.TracebackReading | string | null>(null);
  useEffect(() => {
    const asked = new AbortController();
    const { document } = editor.store.getState();
    api.readTraceback(text, document ? toJson(effective(document)) : null, asked.signal).then(setSaid, (error: unknown) => {
      if (!asked.signal.aborted) setSaid(error instanceof Error ? error.message : String(error));
    });
    return () => { asked.abort(); };
  }, [editor, text]);
  if (said === null) return <p className="body hintline" role="status">{t("traceback.reading")}</p>;
  if (typeof said === "string") return <p className="body hintline e" role="alert">{said}</p>;
  return (
    <div className="body traceback" data-testid="traceback">
      {said.diagnostics.length === 0 && <p>{rich("traceback.unknown", { link: <a href={at(`/diagnostics?q=${encodeURIComponent(said.said.slice(0, 300))}`)} target="_blank" rel="noreferrer">{t("traceback.all-codes")}</a> })}</p>}
      {said.diagnostics.map((problem, i) => {
        const path = pathOf(problem);
        const isHere = path !== null && (editor.store.getState().document?.records.has(`layer/${path}`) ?? false);
        return (
          <div key={i}>
            <ProblemBlock problem={problem} />
            {isHere && (
              <button type="button" className="btn sm" onClick={() => { onClose(); goTo(roomOf(editor), path, "centre"); }}>{t("traceback.show", { layer: problem.layer ?? "" })}</button>
            )}
          </div>
        );
      })}
      {said.also.length > 0 && <p className="sub">{t("traceback.also", { codes: said.also.map((code) => code.code).join(", ") })}</p>}
      {said.said !== "" && <figure className="said"><figcaption>{said.program ? t("traceback.says-at", said.program) : t("traceback.says")}</figcaption><pre>{said.said}</pre></figure>}
    </div>
  );
}
