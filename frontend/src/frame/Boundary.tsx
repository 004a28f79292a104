import { Component, type ReactNode } from "react";
import { t } from "../words/words";

interface State {
  readonly error: Error | null;
}

/** A mistake of ours must not leave an empty page: the model is kept in the browser, and loading again brings it back. */
export class Boundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="instead" role="alert">
        <h2>{t("app.stopped")}</h2>
        <p>{t("app.stopped.why", { message: error.message })}</p>
        <button type="button" className="btn primary" onClick={() => { location.reload(); }}>{t("app.reload")}</button>
      </div>
    );
  }
}
