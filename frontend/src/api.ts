import { at } from "./address";
import type { Diff } from "./document";
import type { Json, JsonObject } from "./json";
import { language } from "./words/words";

// The one file that knows the wire: types of its JSON, and a function a route.

/** A tensor: layer, 0-based call, output number. */
export type Ref = readonly [layer: string, nodeIndex: number, tensorIndex: number];
export type Shape = readonly (number | null)[];
export type Severity = "error" | "warning" | "info";
export type Dialect = "keras3" | "keras2" | "keras1" | "document";

export interface TensorSpec {
  /** Null: not known; a null inside: known at run time only. */
  readonly shape: Shape | null;
  readonly dtype: string | null;
  /** The shape of its mask; absent where it has none. */
  readonly mask?: Shape;
}
/** What a call does with masks: it makes one, passes one on, uses one up, or drops one as it knows none. */
export type Masking = "makes" | "passes" | "consumes" | "drops";
export interface Count {
  readonly trainable: number | null;
  readonly non_trainable: number | null;
}
export interface Totals extends Count {
  readonly total: number | null;
  readonly known: number;
}
export interface Cost {
  readonly weights_bytes: number | null;
  readonly activation_bytes: number | null;
  readonly multiply_adds: number | null;
}
/** What the whole model costs for one sample. */
export interface ModelCost extends Cost {
  /** The most that a pass forwards holds at a time. */
  readonly peak_activation_bytes: number | null;
}
/** One call of a layer. */
export interface ReportNode {
  readonly layer: string;
  readonly class_name: string;
  readonly node_index: number;
  readonly inbound: readonly Ref[];
  readonly inbound_args: readonly string[];
  readonly outputs: readonly TensorSpec[];
  /** Absent where no mask comes in or out. */
  readonly masking?: Masking;
  readonly params: Count;
  readonly cost: Cost | null;
  readonly body?: ReportBody | null;
  /** Left out of the model for now. The service never says so: `ghosts.ts` puts such calls in. */
  readonly off?: "bypass" | "disable";
  /** Of a layer that nobody calls, which `ghosts.ts` puts in too. */
  readonly isLoose?: true;
}
export interface ReportBody {
  readonly name: string | null;
  readonly inputs: readonly Ref[];
  readonly outputs: readonly Ref[];
  readonly nodes: readonly ReportNode[];
}
export interface Fix {
  readonly id: string;
  readonly title: string;
  readonly safe: boolean;
  readonly diff: Diff;
  readonly effect: FixEffect;
}
/** What a fix does to the model: before and after; problems solved by code, problems revealed, shapes that become known. */
export interface FixEffect {
  readonly params: readonly [number | null, number | null];
  readonly outputs: readonly [readonly (Shape | null)[], readonly (Shape | null)[]];
  readonly solves: Readonly<Record<string, number>>;
  readonly reveals: number;
  readonly known: number;
}
/** Another place that belongs to a problem: `input 0`, that tensor, `(None, 8)`. */
export interface Related {
  readonly label: string;
  readonly says: string;
  readonly pointer: string;
  readonly path: readonly string[];
  readonly layer: string | null;
  readonly node_index: number | null;
  readonly tensor_index: number | null;
}
export interface Diagnostic {
  readonly code: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string | null;
  readonly pointer: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly member: string | null;
  readonly layer: string | null;
  readonly node_index: number | null;
  /** The nested models that the place lies in, outermost first. */
  readonly path?: readonly string[];
  /** The argument that it is about, and the number of the input. */
  readonly arg?: string | null;
  readonly input?: number | null;
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}
export interface Report extends ReportBody {
  readonly ok: boolean;
  readonly dialect: Dialect | null;
  readonly keras_version: string | null;
  readonly input_names: readonly string[];
  readonly output_names: readonly string[];
  readonly params: Totals;
  readonly cost: ModelCost;
  readonly more: number;
  readonly diagnostics: readonly Diagnostic[];
}
/** How much of a request has left, in bytes. */
export interface Sent {
  readonly bytes: number;
  readonly of: number;
}
export interface CheckAnswer {
  readonly report: Report;
  readonly document: JsonObject | null;
}
export interface CatalogParameter {
  readonly name: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  readonly default: Json;
  readonly doc: string;
}
/** How tensors go in: one, a list of many, by the names of the call, or none for an input of the model. */
export interface CatalogInputs {
  readonly form: string;
  readonly min: number;
  readonly max: number | null;
  readonly min_rank: number;
  readonly max_rank: number | null;
  /** Of the arguments of `call`, in order; a question mark behind those that may be left out. */
  readonly names: readonly string[];
}
export interface CatalogEntry {
  readonly name: string;
  /** `layers.Dense`, `ops.numpy.Add`: what tells a layer from an operation of the same name. */
  readonly op: string;
  readonly group: string;
  readonly doc: string;
  readonly aliases: readonly string[];
  readonly params: readonly CatalogParameter[];
  readonly inputs: CatalogInputs;
  /** Whether a user adds it by hand. */
  readonly palette: boolean;
  /** The arguments that it begins with then. */
  readonly start: JsonObject;
}
/** An initializer, regularizer or constraint that an argument can be. */
export interface CatalogObject {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly params: readonly CatalogParameter[];
}
/** By what they are: `initializer`, `regularizer`, `constraint`. */
export type CatalogObjects = Readonly<Record<string, readonly CatalogObject[]>>;
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  readonly objects: CatalogObjects;
}
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly layers: number;
}
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly task: "classification" | "regression";
  readonly samples: number;
  readonly inputs: readonly { readonly name: string; readonly shapes: readonly (readonly number[])[]; readonly dtype: string }[];
  readonly targets: readonly { readonly name: string; readonly shape: readonly number[]; readonly classes: readonly string[] }[];
}
export interface List<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
export interface Plan {
  readonly loss: Json;
  readonly optimizer?: Json;
  readonly loss_weights?: Json;
  readonly metrics?: Json;
  readonly epochs?: number;
  readonly batch_size?: number;
  readonly validation_split?: number;
  readonly shuffle?: boolean;
  readonly seed?: number | null;
  readonly run_eagerly?: boolean;
  readonly jit_compile?: boolean;
  readonly mixed_precision?: boolean;
  readonly frozen?: readonly string[];
  readonly initial_weights?: string | null;
  readonly callbacks?: readonly Json[];
}
export type TrainingData =
  | { readonly dataset: string }
  | { readonly synthetic: { readonly samples: number; readonly seed: number } };
export interface JobRequest {
  readonly model: Json;
  readonly project: string | null;
  readonly data: TrainingData;
  readonly plan: Plan;
}
export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
export interface Job {
  readonly id: string;
  readonly state: JobState;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number | null;
  readonly history: Readonly<Record<string, readonly (number | null)[]>>;
  readonly error: { readonly code: string; readonly message: string; readonly log_tail: Json } | null;
  readonly formats: readonly string[];
}
export type JobEventName = "state" | "batch" | "epoch" | "log" | "artifact" | "end";
export interface JobEvent {
  readonly id: number;
  readonly name: JobEventName;
  readonly data: JsonObject;
}
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly diagnostics?: readonly Diagnostic[] | null;
}
export type ConvertTarget = "keras3" | "keras2" | "python" | "document" | "stub";
export type PlotFormat = "svg" | "png" | "pdf" | "dot";

export interface ExplainedStep {
  readonly tensor: Ref;
  readonly path: readonly string[];
  readonly class_name: string;
  readonly axis: number;
  readonly size: number | null;
  readonly text: string;
  readonly is_same: boolean;
}
export interface ExplainedAxis {
  readonly size: number | null;
  readonly sizes: Shape;
  readonly is_whole: boolean;
  readonly steps: readonly ExplainedStep[];
}
/** Why a tensor has its shape; where it has none, `problem` ends it and `inputs` lead there. */
export interface Explanation {
  readonly axes: readonly ExplainedAxis[];
  readonly inputs: readonly { readonly tensor: Ref; readonly shape: Shape | null; readonly axes: readonly ExplainedAxis[] }[];
  readonly problem: Diagnostic | null;
  readonly smallest_input: { readonly layer: string; readonly axes: readonly number[]; readonly size: number; readonly now: number } | null;
}
export interface TensorPlace {
  readonly layer: string;
  readonly path: readonly string[];
  readonly node_index: number;
  readonly tensor_index: number;
}
export interface TracebackReading {
  readonly said: string;
  readonly program: { readonly file: string; readonly line: number } | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly also: readonly { readonly code: string }[];
}

/** A request that the service refused; `problem` is its RFC 9457 answer. */
/** A document that the service keeps. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly etag: string;
}

/** One save of a project. */
export interface Revision {
  readonly number: number;
  readonly name: string | null;
  /** When, as ISO 8601 has it. */
  readonly saved: string;
  readonly bytes: number;
}

export class RequestError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "RequestError";
    this.problem = problem;
  }
}

const ROOT = at("/api/v1");
type Model = Blob | string | Json;

/** Asks for what people read in the page's language; the service speaks English by itself. */
const inLanguage = (mark: "?" | "&"): string => (language() === "en" ? "" : `${mark}language=${language()}`);

/** The report of a model; where asked with what the file could do, its document, and fixes, which take up to twenty times as long. */
export async function check(model: Model, options: { document?: boolean; fixes?: boolean; safety?: boolean; signal?: AbortSignal; onSent?: (sent: Sent) => void } = {}): Promise<CheckAnswer> {
  const query = `?fixes=${String(options.fixes ?? false)}${options.document ? "&document=true" : ""}${options.safety ? "&safety=true" : ""}${inLanguage("&")}`;
  const { signal, onSent } = options;
  const asked = onSent && signal ? sent(`/check${query}`, body(model), signal, onSent) : json(`/check${query}`, { method: "POST", body: body(model), signal: signal ?? null });
  const answer = (await asked) as Report & { document?: JsonObject | null };
  const { document, ...report } = answer;
  return { report, document: document ?? null };
}

/** The model with fixes made, and the titles of what was done. */
export async function fix(model: Json, fixes: readonly string[] | "safe"): Promise<CheckAnswer & { readonly done: readonly string[] }> {
  return (await json(`/fix${inLanguage("?")}`, post({ model, fixes }))) as CheckAnswer & { readonly done: readonly string[] };
}

export async function explainShape(model: Json, place: TensorPlace, signal: AbortSignal): Promise<Explanation> {
  return (await json(`/explain${inLanguage("?")}`, { ...post({ model, ...place }), signal })) as Explanation;
}

export async function readTraceback(traceback: string, model: Json | null, signal: AbortSignal): Promise<TracebackReading> {
  return (await json(`/explain${inLanguage("?")}`, { ...post({ model, traceback }), signal })) as TracebackReading;
}

export async function plot(model: Model, format: PlotFormat, options: Readonly<Record<string, string>> = {}): Promise<Blob> {
  const answer = await request(`/plot?${new URLSearchParams({ ...options, format }).toString()}`, { method: "POST", body: body(model) });
  return answer.blob();
}

export async function convert(model: Model, to: ConvertTarget): Promise<string> {
  return (await request(`/convert?to=${to}`, { method: "POST", body: body(model) })).text();
}

/** A copy of a file, or of a model, without what it could do when Keras loads it. */
export async function safeCopy(model: Model): Promise<Blob> {
  return (await request("/safe-copy", { method: "POST", body: body(model) })).blob();
}

export async function catalog(): Promise<Catalog> {
  const { items, objects } = (await json("/catalog")) as List<CatalogEntry> & Pick<Catalog, "objects">;
  return { entries: items, objects };
}

/** What each argument is for, in the page's language: by its name, and by operation or object where it is for something else. */
export interface ArgumentDocs {
  readonly arguments: Readonly<Record<string, string>>;
  readonly of: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export async function argumentDocs(): Promise<ArgumentDocs> {
  return (await json(`/catalog/arguments${inLanguage("?")}`)) as ArgumentDocs;
}

export async function examples(): Promise<readonly Example[]> {
  return ((await json(`/examples${inLanguage("?")}`)) as List<Example>).items;
}

/** The bytes of a file of this service, by its path there, as an example or a `?open=` address names it. */
export async function open(address: string, signal: AbortSignal): Promise<Blob> {
  const url = new URL(address.startsWith("/") ? at(address) : address, location.href);
  if (url.origin !== location.origin) throw new Error(`${url.origin} is another site`);
  return (await answered(await fetch(url, { signal }))).blob();
}

export async function datasets(): Promise<readonly Dataset[]> {
  return ((await json(`/datasets${inLanguage("?")}`)) as List<Dataset>).items;
}

export async function dataset(id: string): Promise<JsonObject> {
  return (await json(`/datasets/${encodeURIComponent(id)}`)) as JsonObject;
}

export async function uploadFile(file: File, route: "files" | "datasets" = "files"): Promise<JsonObject> {
  const form = new FormData();
  form.append("file", file);
  return (await json(`/${route}`, { method: "POST", body: form })) as JsonObject;
}

export async function startJob(job: JobRequest): Promise<Job> {
  return (await json(`/jobs${inLanguage("?")}`, post(job))) as Job;
}

export async function jobs(): Promise<readonly Job[]> {
  return ((await json(`/jobs${inLanguage("?")}`)) as List<Job>).items;
}

export async function job(id: string): Promise<Job> {
  return (await json(`${jobPath(id)}${inLanguage("?")}`)) as Job;
}

export async function cancelJob(id: string): Promise<Job> {
  return (await json(`${jobPath(id)}/cancel`, { method: "POST" })) as Job;
}

export async function deleteJob(id: string): Promise<void> {
  await request(jobPath(id), { method: "DELETE" });
}

export function weightsAddress(id: string, format: string): string {
  return `${ROOT}${jobPath(id)}/weights?format=${encodeURIComponent(format)}`;
}

const EVENT_NAMES: readonly JobEventName[] = ["state", "batch", "epoch", "log", "artifact", "end"];

/** Listens to a job from its first event; the browser reconnects by itself. Call what it gives to stop listening. */
export function watchJob(id: string, onEvent: (event: JobEvent) => void): () => void {
  const source = new EventSource(`${ROOT}${jobPath(id)}/events${inLanguage("?")}`);
  for (const name of EVENT_NAMES) {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      onEvent({ id: Number(message.lastEventId), name, data: JSON.parse(message.data) as JsonObject });
      if (name === "end") source.close();
    });
  }
  return () => {
    source.close();
  };
}

/** A new project of a document's text. */
export async function createProject(name: string, text: string): Promise<Project> {
  return (await json(`/projects?name=${encodeURIComponent(name)}`, { method: "POST", headers: JSON_BODY, body: text })) as Project;
}

export async function project(id: string): Promise<Project> {
  return (await json(projectPath(id))) as Project;
}

export async function renameProject(id: string, name: string): Promise<Project> {
  return (await json(projectPath(id), { method: "PATCH", headers: JSON_BODY, body: JSON.stringify({ name }) })) as Project;
}

/** The newest document of a project, or that of an earlier revision. */
export async function projectDocument(id: string, revision?: number): Promise<{ document: JsonObject; etag: string }> {
  const answer = await request(`${projectPath(id)}/${revision === undefined ? "document" : `revisions/${String(revision)}`}`);
  return { document: (await answer.json()) as JsonObject, etag: answer.headers.get("etag") ?? "" };
}

/** Saves a document on top of a state; a RequestError with status 412 says that somebody else saved first. */
export async function saveProjectDocument(id: string, text: string, etag: string): Promise<Project> {
  return (await json(`${projectPath(id)}/document`, { method: "PUT", headers: { ...JSON_BODY, "if-match": etag }, body: text })) as Project;
}

export async function revisions(id: string): Promise<readonly Revision[]> {
  return ((await json(`${projectPath(id)}/revisions`)) as List<Revision>).items;
}

export async function nameRevision(id: string, number: number, name: string | null): Promise<Revision> {
  return (await json(`${projectPath(id)}/revisions/${String(number)}`, { method: "PATCH", headers: JSON_BODY, body: JSON.stringify({ name }) })) as Revision;
}

function projectPath(id: string): string {
  return `/projects/${encodeURIComponent(id)}`;
}

const JSON_BODY = { "content-type": "application/json" };

function jobPath(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

function post(value: unknown): RequestInit {
  return { method: "POST", headers: JSON_BODY, body: JSON.stringify(value) };
}

function body(model: Model): Blob | string {
  return model instanceof Blob || typeof model === "string" ? model : JSON.stringify(model);
}

async function json(path: string, init?: RequestInit): Promise<unknown> {
  return (await request(path, init)).json();
}

/** Posts and tells how much has left, which `fetch` cannot. */
async function sent(path: string, content: Blob | string, signal: AbortSignal, onSent: (sent: Sent) => void): Promise<unknown> {
  const answer = await new Promise<Response>((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", ROOT + path);
    asked.upload.onprogress = ({ loaded, total }) => { onSent({ bytes: loaded, of: total }); };
    asked.onload = () => { resolve(new Response(asked.responseText, { status: asked.status, statusText: asked.statusText, headers: { "content-type": asked.getResponseHeader("content-type") ?? "" } })); };
    asked.onerror = () => { reject(new TypeError("the service gave no answer")); };
    asked.onabort = () => { reject(new DOMException("called off", "AbortError")); };
    signal.addEventListener("abort", () => { asked.abort(); });
    asked.send(content);
  });
  return (await answered(answer)).json();
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  return answered(await fetch(ROOT + path, init));
}

async function answered(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const isProblem = answer.headers.get("content-type")?.includes("json") ?? false;
  const problem = isProblem ? ((await answer.json()) as Problem) : null;
  throw new RequestError(problem ?? { type: "about:blank", title: answer.statusText, status: answer.status, detail: "" });
}
