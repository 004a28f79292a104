import type { Example } from "../api";
import { useEditor, useModel, useUi } from "../editor";
import { Icon } from "../icons";
import { exampleAddress, openAddress, openModel } from "../intake";
import { EMPTY_MODEL } from "../document";
import { TourButton } from "./Tour";
import { EXAMPLE_PICTURES } from "./examplePictures";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** The first visit: one place to drop a model, and examples to start from. */
export function Welcome({ isOver }: { readonly isOver: boolean }) {
  const editor = useEditor();
  const examples = useUi((state) => state.examples);
  const status = useModel((state) => state.status);
  const message = useModel((state) => state.message);
  return (
    <div className="welcome">
      <div className="inner">
        <section className={`drop${isOver ? " over" : ""}`} aria-label={t("welcome.open")}>
          <div className="grow">
            <h1>{t("welcome.drop")}</h1>
            <p>{t("welcome.what")}</p>
            {(status === "refused" || status === "offline") && <p className="hintline e" role="alert"><Icon name="circle-x" small="xs" /><span>{message}</span></p>}
            <div className="row">
              <button type="button" className="btn primary" onClick={() => { editor.picker.current?.click(); }}><Icon name="upload" small />{t("welcome.file")}</button>
              <button type="button" className="btn" onClick={() => { editor.ui.setState({ dialog: "paste" }); }}><Icon name="clipboard-paste" small />{t("welcome.paste")}<kbd>Ctrl V</kbd></button>
              <button type="button" className="btn" onClick={() => { void openModel(editor, EMPTY_MODEL); }}><Icon name="plus" small />{t("welcome.new")}</button>
              <TourButton />
            </div>
          </div>
          <svg className="sketch" viewBox="0 0 104 96" aria-hidden="true">
            <path d="M52 21C52 34 26 26 26 36M52 21C52 34 78 26 78 36M26 54C26 66 52 58 52 70M78 54C78 66 52 58 52 70" />
            <rect x="29" y="3" width="46" height="18" rx="3" /><rect x="3" y="36" width="46" height="18" rx="3" /><rect className="dash" x="56" y="36" width="46" height="18" rx="3" /><rect x="29" y="70" width="46" height="18" rx="3" />
          </svg>
        </section>
        <section aria-label={t("welcome.examples")}>
          <h2>{t("welcome.start")}<span className="faint">{t("welcome.copy")}</span></h2>
          <ul className="gallery">
            {examples.map((example) => <Card key={example.name} example={example} />)}
          </ul>
        </section>
        <p className="tips">{rich("welcome.tips", { slash: <kbd>/</kbd>, undo: <kbd>Ctrl Z</kbd>, problem: <kbd>F8</kbd>, keys: <kbd>?</kbd> })}</p>
      </div>
    </div>
  );
}

function Card({ example }: { readonly example: Example }) {
  const editor = useEditor();
  return (
    <li>
      <button type="button" className="card" data-example={example.name} onClick={() => { void openAddress(editor, exampleAddress(example.name)); }}>
        <Picture name={example.name} />
        <span className="text">
          <b>{example.title}</b>
          <span>{example.description}</span>
          {!example.description.includes(" layers") && <span className="faint">{t("count.layers", { n: example.layers })}</span>}
        </span>
      </button>
    </li>
  );
}

/** A few bars in the colours of the families: what kind of model it is, seen from afar. */
function Picture({ name }: { readonly name: string }) {
  const rows = EXAMPLE_PICTURES[name] ?? EXAMPLE_PICTURES.mlp ?? [];
  const step = Math.min(16, 74 / rows.length);
  const height = Math.max(4, step - 5);
  const top = 48 - (step * rows.length) / 2;
  return (
    <svg className="thumb" viewBox="0 0 200 96" aria-hidden="true">
      {rows.map((row, r) =>
        row.map((family, k) => {
          const x = 100 + (k - (row.length - 1) / 2) * 46 - 18;
          return <rect key={`${r} ${k}`} className={`f-${family}`} x={x} y={top + r * step} width="36" height={height} rx="2" />;
        }),
      )}
    </svg>
  );
}
