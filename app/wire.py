"""The JSON of the interface, declared for its readers. A report's bytes come from graphcore unchanged."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

Ref = tuple[str, int, int]
"""A tensor: layer, 0-based call, output number."""


class TensorOut(BaseModel):
    """What a call gives. Null where it is not known."""

    shape: list[int | None] | None
    dtype: str | None
    mask: list[int | None] | None = Field(default=None, description="The shape of its mask; absent where it has none")


class Count(BaseModel):
    """Weights of one layer."""

    trainable: int | None
    non_trainable: int | None


class Totals(Count):
    """Weights of the model; `known` sums those that are known."""

    total: int | None
    known: int


class Cost(BaseModel):
    """What one call costs for one sample."""

    weights_bytes: int | None
    activation_bytes: int | None
    multiply_adds: int | None


class ModelCost(BaseModel):
    """What the whole model costs for one sample."""

    weights_bytes: int | None
    activation_bytes: int | None = Field(description="All that the layers give: what training keeps for its way back")
    peak_activation_bytes: int | None = Field(description="The most that a pass forwards holds at a time")
    multiply_adds: int | None


class NodeOut(BaseModel):
    """One call of a layer; `body` holds what is inside a nested model."""

    layer: str
    class_name: str
    node_index: int
    inbound: list[Ref]
    inbound_args: list[str]
    outputs: list[TensorOut]
    masking: Literal["makes", "passes", "consumes", "drops"] | None = Field(
        default=None, description="What the call does with masks; absent where none comes in or out"
    )
    params: Count
    cost: Cost | None
    body: Body | None = None


class Body(BaseModel):
    """A model's inside."""

    name: str
    inputs: list[Ref]
    outputs: list[Ref]
    nodes: list[NodeOut]


class FixEffect(BaseModel):
    """What a fix does to the model: before and after, problems solved by code, errors revealed, shapes known."""

    params: tuple[int | None, int | None]
    outputs: tuple[list[list[int | None] | None], list[list[int | None] | None]]
    solves: dict[str, int]
    reveals: int
    known: int


class FixOut(BaseModel):
    """A change that mends a problem, as a diff of records. It was tried to the end of the graph."""

    id: str
    title: str
    safe: bool
    diff: dict[str, dict[str, Any]]
    effect: FixEffect


class DiagnosticOut(BaseModel):
    """One problem."""

    code: str
    slug: str
    severity: Literal["error", "warning", "info"]
    message: str
    hint: str | None
    pointer: str
    line: int | None
    column: int | None
    member: str | None
    layer: str | None
    node_index: int | None
    related: list[dict[str, Any]]
    fixes: list[FixOut]


class Report(BaseModel):
    """What `check` says about a model."""

    ok: bool
    name: str | None
    dialect: Literal["keras3", "keras2", "keras1", "document"] | None
    keras_version: str | None
    inputs: list[Ref]
    outputs: list[Ref]
    input_names: list[str]
    output_names: list[str]
    params: Totals
    cost: ModelCost
    nodes: list[NodeOut]
    more: int = Field(description="Diagnostics beyond 200")
    diagnostics: list[DiagnosticOut]


class Explain(BaseModel):
    """What is asked: a tensor of a model, or what a traceback means, with the model or without."""

    model: Any = Field(None, description="A config, its text, or a document")
    layer: str | None = None
    node_index: int = 0
    tensor_index: int = 0
    path: list[str] = []
    traceback: str | None = None


class Step(BaseModel):
    """What one call made of a size."""

    tensor: Ref
    path: list[str]
    class_name: str
    axis: int
    size: int | None
    text: str = Field(description="How: (224 - 7)//2 + 1 = 109")
    is_same: bool


class Axis(BaseModel):
    """One size and the calls that made it, the first one first."""

    size: int | None
    sizes: list[int | None] = Field(description="Those on the way, without repeats: 224, 112, 56")
    is_whole: bool
    steps: list[Step]


class Incoming(BaseModel):
    """A tensor that comes into the call; its axes only where the shape asked for is unknown."""

    tensor: Ref
    shape: list[int | None] | None
    axes: list[Axis]


class SmallestInput(BaseModel):
    """The smallest size of some axes of an input with which every size works."""

    layer: str
    axes: list[int]
    size: int
    now: int


class Explanation(BaseModel):
    """Why a tensor has its shape, or what ends it."""

    tensor: Ref
    path: list[str]
    class_name: str
    shape: list[int | None] | None
    dtype: str | None
    axes: list[Axis]
    inputs: list[Incoming]
    problem: DiagnosticOut | None
    smallest_input: SmallestInput | None


class ProgramLine(BaseModel):
    """A line of the program that ended so."""

    file: str
    line: int


class CodeOut(BaseModel):
    """A code by name."""

    code: str
    slug: str
    title: str


class TracebackReading(BaseModel):
    """What a traceback of Keras means. Without diagnostics the message is not known."""

    said: str
    keras: Literal["keras3", "keras2"] | None
    program: ProgramLine | None
    diagnostics: list[DiagnosticOut]
    also: list[CodeOut] = Field(description="Codes of which Keras says the same; the model tells which it is")


class FixRequest(BaseModel):
    """Which fixes of a model's report are to be made."""

    model: Any = Field(description="A config, or a document")
    fixes: list[str] | Literal["safe"]


class Mended(BaseModel):
    """A model after its fixes. `done` says what was made, `missing` which ids could not be."""

    document: dict[str, Any] | None
    done: list[str]
    missing: list[str]
    report: Report


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    diagnostics: list[DiagnosticOut] | None = None


class Plan(BaseModel):
    """How a model is trained. Losses, metrics and the optimizer: Keras's short name, or `{"class_name", "config"}`."""

    loss: Any
    optimizer: Any = "adam"
    loss_weights: Any = None
    metrics: Any = []
    epochs: int = 1
    batch_size: int = 32
    validation_split: float = 0.0
    shuffle: bool = True
    seed: int | None = None
    run_eagerly: bool = False
    jit_compile: bool = False
    mixed_precision: bool = False
    frozen: list[str] = []
    initial_weights: str | None = None
    callbacks: list[Any] = []


class JobRequest(BaseModel):
    """A training to be done."""

    model: Any = Field(description="A config, or a document")
    project: str | None = None
    data: Any = Field(description='{"dataset": id} or {"synthetic": {"samples": 512, "seed": 0}}')
    plan: Plan


class JobError(BaseModel):
    """Why a job failed."""

    code: str
    message: str
    log_tail: list[str]


class Job(BaseModel):
    """Where a training stands. Epochs and steps count from 1; 0 before the first."""

    id: str
    state: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    epoch: int
    epochs: int
    step: int
    steps: int
    history: dict[str, list[float | None]]
    error: JobError | None
    formats: list[str]


class JobList(BaseModel):
    """Jobs."""

    items: list[Job]
    next: str | None


class ProjectSummary(BaseModel):
    """What the check of a project's document said when it was saved."""

    ok: bool
    errors: int
    warnings: int
    more: int = Field(description="Problems beyond 200")
    layers: int
    parameters: int | None
    known_parameters: int


class ProjectOut(BaseModel):
    """A project. Times are ISO 8601 in UTC; `etag` is that of the newest document."""

    id: str
    name: str
    created: str
    changed: str
    deleted: str | None
    revision: int
    etag: str
    summary: ProjectSummary


class ProjectList(BaseModel):
    """Projects, those that changed last first. `next` goes into `after` for the ones behind them."""

    items: list[ProjectOut]
    next: str | None


class ProjectChange(BaseModel):
    """A new name, and `deleted: false` to have a deleted project back."""

    name: str | None = None
    deleted: Literal[False] | None = None


class RevisionOut(BaseModel):
    """A state that was saved."""

    number: int
    name: str | None
    saved: str
    bytes: int
    etag: str


class RevisionList(BaseModel):
    """Revisions, the newest first. `next` goes into `before` for the older ones."""

    items: list[RevisionOut]
    next: str | None


class RevisionName(BaseModel):
    """A revision's name; null takes it away."""

    name: str | None


class DataInput(BaseModel):
    """What a data set gives as input: the forms that a sample can have."""

    name: str
    shapes: list[list[int]]
    dtype: str
    scaling: Literal["standard", "unit"]


class DataTarget(BaseModel):
    """What a data set gives as target; `classes` names the labels from 0 on."""

    name: str
    shape: list[int]
    dtype: str
    classes: list[str]


class Dataset(BaseModel):
    """Data to train on."""

    id: str
    title: str
    description: str
    task: Literal["classification", "regression"]
    samples: int
    inputs: list[DataInput]
    targets: list[DataTarget]


class DatasetList(BaseModel):
    """Data sets."""

    items: list[Dataset]
    next: str | None


class DatasetDetail(Dataset):
    """One data set with its first rows, as the file has them."""

    columns: list[str]
    preview: list[list[float]]


class Example(BaseModel):
    """A model of the gallery."""

    name: str
    title: str
    description: str
    layers: int


class ExampleList(BaseModel):
    """The gallery."""

    items: list[Example]
    next: str | None
