import type { Dataset, JobRequest, Plan, Report, Shape } from "../api";
import { joinPath, type Document } from "../document";
import { isArray, isObject, type Json, type JsonObject } from "../json";
import { t } from "../words/words";

// The small form of a training: what it starts with for a model, and the request that it makes.

export interface PlanForm {
  /** The id of a data set, or "synthetic". */
  readonly data: string;
  readonly samples: string;
  readonly optimizer: string;
  readonly learningRate: string;
  readonly loss: string;
  readonly metrics: string;
  readonly epochs: string;
  readonly batchSize: string;
  readonly validationSplit: string;
}

export const SYNTHETIC = "synthetic";
export const OPTIMIZERS: Readonly<Record<string, string>> = {
  Adam: "0.001", AdamW: "0.001", SGD: "0.01", RMSprop: "0.001", Nadam: "0.001", Adamax: "0.001", Adagrad: "0.001", Adadelta: "0.001", Lion: "0.001", Ftrl: "0.001",
};
export const LOSSES = [
  "mse", "mae", "huber", "log_cosh", "mape", "msle", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
  "categorical_hinge", "hinge", "kl_divergence", "poisson", "cosine_similarity",
] as const;
export const METRICS = ["accuracy", "mae", "mse", "mape", "root_mean_squared_error", "r2_score", "auc", "precision", "recall", "top_k_categorical_accuracy"] as const;

/** How well data fits a model: its inputs and target, its inputs only, or neither. */
export type Fit = "all" | "inputs" | "none";

export function fitOf(dataset: Dataset, report: Report): Fit {
  if (report.inputs.length !== dataset.inputs.length) return "none";
  const fitsInputs = report.inputs.every((_, i) => {
    const shape = endShape(report, "inputs", i);
    return shape === null || (dataset.inputs[i]?.shapes ?? []).some((given) => agree(shape.slice(1), given));
  });
  if (!fitsInputs) return "none";
  const [target] = dataset.targets;
  const shape = endShape(report, "outputs", 0);
  if (report.outputs.length !== 1 || !target || shape?.length !== 2) return "inputs";
  const last = shape[1] ?? null;
  const classes = target.classes.length;
  const fitsTarget = classes === 0 ? last === 1 : last === classes || (classes === 2 && last === 1);
  return fitsTarget ? "all" : "inputs";
}

/** The form for a model: the plan that its document keeps, else what usually works. */
export function startForm(document: Document, report: Report, datasets: readonly Dataset[]): PlanForm {
  const fitting = datasets.find((dataset) => fitOf(dataset, report) === "all");
  const kept = (key: string): Json | undefined => document.records.get(`plan/${key}`);
  const data = kept("data");
  const chosen = isObject(data) && typeof data.dataset === "string" ? data.dataset : isObject(data) ? SYNTHETIC : (fitting?.id ?? SYNTHETIC);
  const dataset = datasets.find((one) => one.id === chosen) ?? null;
  const loss = typeof kept("loss") === "string" ? String(kept("loss")) : suggestLoss(document, report, dataset);
  const optimizer = kept("optimizer");
  const settings: JsonObject = isObject(optimizer) && isObject(optimizer.config) ? optimizer.config : {};
  const name = isObject(optimizer) && typeof optimizer.class_name === "string" ? optimizer.class_name : "Adam";
  const metrics = kept("metrics");
  const text = (key: string, standard: string): string => (typeof kept(key) === "number" ? String(kept(key)) : standard);
  return {
    data: chosen,
    samples: isObject(data) && isObject(data.synthetic) && typeof data.synthetic.samples === "number" ? String(data.synthetic.samples) : "512",
    optimizer: name in OPTIMIZERS ? name : "Adam",
    learningRate: typeof settings.learning_rate === "number" ? String(settings.learning_rate) : (OPTIMIZERS[name] ?? "0.001"),
    loss,
    metrics: isArray(metrics) ? metrics.filter((metric) => typeof metric === "string").join(", ") : suggestMetrics(loss),
    epochs: text("epochs", "10"),
    batchSize: text("batch_size", "32"),
    validationSplit: text("validation_split", "0.2"),
  };
}

export function suggestLoss(document: Document, report: Report, dataset: Dataset | null): string {
  const shape = endShape(report, "outputs", 0);
  const last = shape?.at(-1) ?? null;
  const classes = dataset?.targets[0]?.classes.length ?? 0;
  if (report.outputs.length !== 1) return "mse";
  if (classes > 0) return last === 1 ? (classes === 2 ? "binary_crossentropy" : "mse") : "sparse_categorical_crossentropy";
  if (dataset) return "mse";
  const activation = activationOf(document, report.outputs[0]?.[0] ?? "");
  if (activation === "softmax" && last !== 1) return "sparse_categorical_crossentropy";
  return activation === "sigmoid" ? "binary_crossentropy" : "mse";
}

export function suggestMetrics(loss: string): string {
  return /crossentropy|hinge/.test(loss) ? "accuracy" : "mae";
}

/** The request, or what keeps the form from being one, by field. */
export function requestOf(form: PlanForm, model: Json): { readonly request: JobRequest } | { readonly problems: Readonly<Record<string, string>> } {
  const problems: Record<string, string> = {};
  const number = (field: keyof PlanForm, fits: (value: number) => boolean, wish: string): number => {
    const value = Number(form[field]);
    if (form[field].trim() === "" || !fits(value)) problems[field] = wish;
    return value;
  };
  const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
  const isSynthetic = form.data === SYNTHETIC;
  const samples = isSynthetic ? number("samples", isCount, t("training.whole-above-0")) : 0;
  const learningRate = number("learningRate", (value) => value > 0 && value < Infinity, t("training.above-0"));
  const plan: Plan = {
    optimizer: { class_name: form.optimizer, config: { learning_rate: learningRate } },
    loss: form.loss,
    metrics: form.metrics.split(/[\s,]+/).filter((metric) => metric !== ""),
    epochs: number("epochs", isCount, t("training.whole-above-0")),
    batch_size: number("batchSize", isCount, t("training.whole-above-0")),
    validation_split: number("validationSplit", (value) => value >= 0 && value < 1, t("training.below-1")),
  };
  if (Object.keys(problems).length > 0) return { problems };
  return { request: { model, project: null, data: isSynthetic ? { synthetic: { samples, seed: 0 } } : { dataset: form.data }, plan } };
}

/** The field that a refusal points to. */
export function fieldOf(pointer: string): keyof PlanForm | null {
  if (pointer.startsWith("/data/synthetic")) return "samples";
  if (pointer.startsWith("/data")) return "data";
  const fields: Readonly<Record<string, keyof PlanForm>> = {
    optimizer: "optimizer", loss: "loss", metrics: "metrics", epochs: "epochs", batch_size: "batchSize", validation_split: "validationSplit",
  };
  if (pointer.includes("learning_rate")) return "learningRate";
  return fields[pointer.split("/")[2] ?? ""] ?? null;
}

function endShape(report: Report, side: "inputs" | "outputs", i: number): Shape | null {
  const ref = report[side][i];
  if (!ref) return null;
  return report.nodes.find((node) => node.layer === ref[0] && node.node_index === ref[1])?.outputs[ref[2]]?.shape ?? null;
}

function agree(wanted: Shape, given: readonly number[]): boolean {
  return wanted.length === given.length && wanted.every((size, i) => size === null || size === given[i]);
}

function activationOf(document: Document, name: string): string | null {
  const record = document.records.get(`layer/${joinPath("", name)}`);
  if (!isObject(record)) return null;
  if (record.class_name === "Softmax") return "softmax";
  return isObject(record.config) && typeof record.config.activation === "string" ? record.config.activation : null;
}
