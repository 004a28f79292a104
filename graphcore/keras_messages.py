"""What Keras says, and what it means: patterns of its messages with the code, and the same in plain words.

A sentence may name the groups of its pattern, and `{who}`: the layer or class that the message or the traceback around
it tells of. The patterns were written to messages that the installed Keras 3 and tf_keras gave, some to those that
people report of other versions (`tests/tracebacks`).
"""

# ruff: noqa: E501  a pattern is easier to compare with its message where neither is cut

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

_SHAPE = r"[(\[][^()\[\]]{0,400}[)\]]"


class Meaning(NamedTuple):
    """A code, and a sentence with values and a hint. `{who}` is who the message is about."""

    code: str
    says: str
    hint: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of Keras and what it means; `running` is what it means while the model runs on data.

    `also` are codes of which Keras says the same: the model's file tells which it is.
    """

    regex: str
    meaning: Meaning
    running: Meaning | None = None
    also: tuple[str, ...] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """What is found of it in a text; compiled when a text is read, for all would be a quarter of the import."""
        return _compiled(self.regex)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.DOTALL)


def _message(
    pattern: str,
    code: str,
    says: str,
    hint: str,
    running: tuple[str, str, str] | None = None,
    also: tuple[str, ...] = (),
) -> Message:
    # Gaps are bounded, so that a text which only repeats the beginning of a message takes no longer than another.
    bounded = pattern.replace("SHAPE", _SHAPE).replace(".*?", ".{0,1000}?").replace(r"[^\n]*?", r"[^\n]{0,1000}?")
    return Message(bounded, Meaning(code, says, hint), None if running is None else Meaning(*running), also)


_CUSTOM = (
    "register the class with @keras.saving.register_keras_serializable(), import it before the model is loaded, or pass"
    ' custom_objects={{"{cls}": {cls}}}'
)
_REGISTER_ARGUMENT = (
    "correct the name, or remove the argument; files of another version may hold arguments that are gone"
)
OTHER_KERAS = (
    "the file is of another version: read it with the Keras that wrote it (tf_keras for Keras 2), or write it anew, with"
    " layerwright convert FILE --to keras3"
)
"""The way out where a file names what another Keras has."""
_TAKES = "give it a value that the layer takes"
_WEIGHTS = "load weights that this architecture saved: compare the layers and their sizes with those of the file"
_DATA_SHAPE = "reshape the data, or change the shape of the input; the batch axis comes first"
_DATA_TYPE = 'convert the data to numbers, such as np.asarray(x, dtype="float32"), or encode texts first'
_OUTSIDE = "use the same operation of keras.ops, or put the code into the call of a Layer of your own"
_MOVED = "use what has taken its place in the installed version"

MESSAGES: tuple[Message, ...] = (
    # --- weights --------------------------------------------------------------------------------------------------
    _message(
        r"[Ll]ayer ['\"]?(?P<layer>[^'\"\s]+)['\"]? expected (?P<wanted>\d+) variables, but received (?P<got>\d+) variables",
        "GC008",
        "{who} has {wanted} weights, and the file holds {got} for it",
        _WEIGHTS,
    ),
    _message(
        r"target variable and the shape of the target value in `variable\.assign\(value\)` must match\."
        r" variable\.shape=(?P<wanted>SHAPE),? Received: value\.shape=(?P<got>SHAPE)",
        "GC008",
        "A weight of {who} has the shape {wanted}, and the file holds {got}",
        _WEIGHTS,
    ),
    _message(
        r"Cannot assign value to variable '\s*(?P<layer>[^/'\s]+)/\S*': Shape mismatch\.\s?The variable shape"
        r" (?P<wanted>SHAPE), and the assigned value shape (?P<got>SHAPE)",
        "GC008",
        "A weight of {who} has the shape {wanted}, and the file holds {got}",
        _WEIGHTS,
    ),
    _message(
        r"You called `set_weights\(weights\)` on layer ['\"](?P<layer>[^'\"]+)['\"] with a\s+weight list of length (?P<got>\d+),"
        r" but the layer was expecting (?P<wanted>\d+) weights",
        "GC008",
        "{who} has {wanted} weights, and is given {got}",
        "give set_weights what get_weights of the same layer returns, in that order",
    ),
    _message(
        r"Layer count mismatch when loading weights from file\. Model expected (?P<wanted>\d+) layers, found (?P<got>\d+) saved",
        "GC008",
        "The model has {wanted} layers with weights, and the file holds {got}",
        _WEIGHTS,
    ),
    # --- files ----------------------------------------------------------------------------------------------------
    _message(
        r"(?:File not found: filepath=|No file or directory found at )(?P<file>[^\s]+?)(?:\. Please|\s|$)",
        "GC701",
        "Keras finds no file {file!r} that it can read",
        "check the path and the folder that the program runs in; a .keras file that was cut off is named so too",
        also=("GC005",),
    ),
    _message(
        r"SavedModel file does not exist at: (?P<file>[^\s{]+)",
        "GC701",
        "The folder {file!r} holds no SavedModel",
        "look for saved_model.pb in it; a .keras or .h5 file is opened by its own name",
        also=("GC702",),
    ),
    _message(
        r"unable to open file: name = '(?P<file>[^']*)', errno = 2",
        "GC701",
        "There is no file {file!r}",
        "check the path, and the folder that the program runs in",
    ),
    _message(
        r"truncated file: eof = (?P<got>\d+), .*?stored_eof = (?P<wanted>\d+)",
        "GC005",
        "The HDF5 file has {got} bytes of {wanted}",
        "copy or download it again; a pointer of Git LFS needs `git lfs pull`",
    ),
    _message(
        r"(?:file signature not found|BadZipFile|File is not a zip file)",
        "GC005",
        "The file is not what its name says, or it is damaged",
        "see what it begins with; a pointer of Git LFS needs `git lfs pull`",
    ),
    _message(
        r"No model config found in the file(?: at (?P<file>[^\s<]+))?",
        "GC006",
        "The file holds weights and no model",
        "build the model and call load_weights, or save the whole of it with model.save()",
    ),
    _message(
        r"File format not supported: filepath=(?P<file>[^\s]+?)\. Keras 3 only supports",
        "GC702",
        "Keras 3 does not load {file!r}: it reads .keras and .h5 files",
        "for a SavedModel use keras.layers.TFSMLayer, or load it with tf_keras and save it as .keras",
    ),
    _message(
        r"JSONDecodeError: (?P<why>[^\n:]+): line (?P<line>\d+) column (?P<column>\d+)",
        "GC001",
        "The text is not JSON: line {line}, column {column}",
        "look at that place: most often a comma too many, a single quote or a missing bracket; an empty or other file"
        " fails at its first character",
        also=("GC007",),
    ),
    _message(
        r"maximum recursion depth exceeded while decoding a JSON",
        "GC002",
        "The JSON is nested deeper than Python's reader goes",
        "look at how the file was made: no model is nested so deep",
    ),
    _message(
        r"Unable to serialize .{0,4000}? to JSON\. Unrecognized type <class '(?P<cls>[\w.]+)'>",
        "GC703",
        "The config holds a {cls}, and JSON has numbers, texts and lists only",
        "let get_config return x.numpy().tolist() for a tensor, or save the weights alone",
    ),
    _message(
        r"(?:pydot|graphviz)[^\n]{0,200}?(?:for|to) `?(?:plot_model|model_to_dot|pydotprint)\b"
        r"|Failed to import `?pydot|`?pydot`? failed to call GraphViz|\"dot\" not found in path",
        "GC709",
        "Keras draws with the package pydot and the program dot of Graphviz, and one of them is missing",
        "install the program too (apt install graphviz, brew install graphviz): pip brings the package alone; or draw"
        " without both: layerwright plot FILE -o model.svg",
    ),
    # --- names of other versions ----------------------------------------------------------------------------------
    _message(
        r"Could not deserialize class '(?P<cls>\w+)' because its parent module (?P<module>(?:tf_)?keras\.[\w.]+) cannot be imported",
        "GC706",
        "The file names the module {module} as the home of {cls}, and the installed Keras has no such module",
        OTHER_KERAS,
        also=("GC201",),
    ),
    _message(
        r"Could not deserialize class '(?P<cls>\w+)' because its parent module (?P<module>[\w.]+) cannot be imported",
        "GC206",
        "The file names the module {module} as the home of {cls}, and this program cannot import it",
        _CUSTOM,
    ),
    _message(
        r"No module named '(?P<name>(?:tf_)?(?:tensorflow\.|tensorflow\.python\.)?keras[\w.]*)'",
        "GC706",
        "The installed Keras has no module {name}",
        "import from keras.layers, keras.models and the other public modules; keras.layers.core, keras.engine and"
        " keras.preprocessing.text are gone",
    ),
    _message(
        r"cannot import name '(?P<name>\w+)' from '(?P<module>(?:tf_|tensorflow\.)?keras[\w.]*)'",
        "GC706",
        "{module} of the installed Keras has no {name}",
        _MOVED,
    ),
    _message(
        r"module '(?P<module>(?:tf_|tensorflow\.)?keras[\w.]*)' has no attribute '(?P<name>\w+)'",
        "GC706",
        "{module} of the installed Keras has no {name}",
        _MOVED,
    ),
    _message(
        r"'(?P<cls>Sequential|Functional|Model)' object has no attribute '(?P<name>\w+)'",
        "GC706",
        "A {cls} of the installed Keras has no {name}",
        "predict_classes became np.argmax(model.predict(x), axis=-1), fit_generator became fit",
    ),
    _message(
        r"Invalid filepath extension for saving",
        "GC706",
        "Keras 3 saves models as .keras or .h5 files only",
        'name a file that ends in ".keras"; for a SavedModel use model.export(folder)',
    ),
    _message(
        r"The filename must end in `\.weights\.h5`\. Received: filepath=(?P<file>\S+)",
        "GC706",
        "Keras 3 saves weights to a name that ends in .weights.h5, and gets {file!r}",
        'name the file "….weights.h5"',
    ),
    _message(
        r"The filepath provided must end in `(?P<ending>[^`]+)`[^\n]*Received: filepath=(?P<file>\S+)",
        "GC706",
        "ModelCheckpoint of Keras 3 wants a name that ends in {ending}, and gets {file!r}",
        'name the file "…{ending}"',
    ),
    _message(
        r"Argument\(s\) not recognized: \{'(?P<arg>\w+)'",
        "GC506",
        "The optimizer has no argument {arg}",
        "lr became learning_rate, decay became a schedule of keras.optimizers.schedules",
    ),
    # --- Python around the model ----------------------------------------------------------------------------------
    _message(
        r"A KerasTensor cannot be used as input to a TensorFlow function",
        "GC705",
        "A function of TensorFlow gets a symbolic tensor of Keras",
        _OUTSIDE,
    ),
    _message(
        r"A KerasTensor is symbolic: it's a placeholder for a shape an?d? a dtype\. .*?convert it to a (?P<to>[\w ]+)\.",
        "GC705",
        "A symbolic tensor has no values yet, and is converted to a {to}",
        _OUTSIDE,
    ),
    _message(
        r"A symbolic KerasTensor cannot be used as a boolean",
        "GC705",
        "A symbolic tensor has no truth value: `if` and `and` cannot ask for it",
        "use keras.ops.where for a choice that depends on values, and x.shape for one that depends on sizes",
    ),
    _message(
        r"(?:Iterating over a symbolic KerasTensor is not supported|Cannot iterate over a Tensor with unknown first dimension)",
        "GC705",
        "A symbolic tensor cannot be gone through in a loop",
        "use keras.ops, TimeDistributed or a recurrent layer for what is done to each part",
    ),
    _message(
        r"an intermediate (?:TF-)?Keras symbolic input/output, to a TF API that does not allow",
        "GC705",
        "A function outside of Keras gets a symbolic tensor",
        _OUTSIDE,
    ),
    _message(
        r"Keras symbolic inputs/outputs do not implement `(?P<name>\w+)`",
        "GC705",
        "A symbolic tensor is used as if it had values ({name})",
        _OUTSIDE,
    ),
    _message(
        r"OOM when allocating tensor with shape(?P<got>SHAPE)",
        "GC707",
        "There is not memory enough for a tensor of shape {got}",
        "make the batch smaller; where the shape is a weight's, put a pooling layer or fewer units before it",
    ),
    # --- layers and their arguments -------------------------------------------------------------------------------
    _message(
        r"deserialization of a `?Lambda`? layer\s+(?:whose `function` is a Python lambda|with a Python `lambda`)",
        "GC207",
        "The file holds a Lambda, which is Python code, and Keras does not load code by default",
        "pass safe_mode=False where you trust the file, or put a layer of keras.ops in its place",
    ),
    _message(
        r"bad marshal data|marshal data too short|SystemError: unknown opcode|code\(\) argument \d+ must be",
        "GC207",
        "The file holds a Lambda, whose bytecode is of another version of Python than runs here",
        "read it with the Python that wrote it, and put a layer in the Lambda's place before you save it again",
    ),
    _message(
        r"could not automatically infer the shape of the Lambda's output",
        "GC207",
        "Keras cannot find out which shape a Lambda gives",
        "give the Lambda an output_shape, or use keras.ops inside it and no NumPy",
    ),
    _message(
        r"Could not locate (?P<kind>class|function) '(?P<cls>\w+)'",
        "GC206",
        "The {kind} {cls} is not Keras's own, and this program has not registered it",
        _CUSTOM,
    ),
    _message(
        r"Cannot deserialize object of type `(?P<cls>\w+)`",
        "GC206",
        "The class {cls} is not Keras's own, and this program has not registered it",
        _CUSTOM,
    ),
    _message(
        r"Could not deserialize '(?:[\w.]+\.)?(?P<cls>\w+)' because it is not a KerasSaveable subclass",
        "GC201",
        "Keras has no class {cls}",
        "correct the name of the class",
    ),
    _message(
        r"\b(?P<cls>\w{1,200})\.__init__\(\) got an unexpected keyword argument '(?P<arg>\w+)'",
        "GC703",
        "{cls} does not take {arg}, which its config holds",
        "take **kwargs in its __init__, pass them to super().__init__, and return in get_config what __init__ takes",
    ),
    _message(
        r"(?:Unrecognized keyword arguments: \['|Keyword argument not understood:', ')batch_shape'",
        "GC202",
        "{who} has batch_shape, which is Keras 3's word, and this program runs Keras 2",
        "run it with Keras 3, which TensorFlow has from 2.16 on, or write the file for Keras 2 with layerwright convert"
        " FILE --to keras2",
    ),
    _message(
        r"Unrecognized keyword arguments passed to (?P<cls>\w+): \{'(?:batch_input_shape|input_length)'",
        "GC202",
        "{who} has batch_input_shape, which is Keras 2's word, and this program runs Keras 3",
        "write the file for Keras 3 with layerwright convert FILE --to keras3, or read it with tf_keras; a program makes"
        " a keras.Input",
    ),
    _message(
        r"(?:Unrecognized keyword arguments passed to (?P<cls>\w+): \{'(?P<arg>\w+)': (?P<value>[^\n]*?)\}(?=\s|$|\.|\")"
        r"|Unrecognized keyword arguments: \['(?P<arg2>\w+)'"
        r"|Keyword argument not understood:', '(?P<arg3>\w+)')",
        "GC202",
        "{who} has no argument {arg}",
        _REGISTER_ARGUMENT,
    ),
    _message(
        r"(?:\b(?P<cls>\w{1,200})\.call\(\) )?\bgot an unexpected keyword argument '(?P<arg>\w+)'",
        "GC202",
        "The call of {who} has no argument {arg}",
        "correct the name, or remove the argument",
    ),
    _message(
        r"\b(?P<cls>\w{1,200})\.__init__\(\) missing \d+ required positional arguments?: (?P<arg>[^\n]+)",
        "GC203",
        "{who} needs {arg}",
        "add what is missing to the arguments of the layer",
    ),
    _message(
        r"missing (?:a|\d+) required (?:positional )?arguments?: (?P<arg>'query'|'value'|'key'|[^\n]+)",
        "GC402",
        "{who} is called without {arg}",
        "give the call the tensor that is missing",
    ),
    _message(
        r"`strides > 1` not supported in conjunction with `dilation_rate > 1`\. Received: strides=(?P<strides>SHAPE)"
        r" and dilation_rate=(?P<dilation>SHAPE)",
        "GC205",
        "{who} cannot have both strides {strides} and dilation_rate {dilation} above 1",
        "set one of the two to 1",
    ),
    _message(
        r"number of filters must be evenly divisible by the number of (?:`?groups`?)\. Received: groups=(?P<groups>\d+), filters=(?P<filters>\d+)",
        "GC205",
        "{who} cannot divide {filters} filters into {groups} groups",
        "make filters a multiple of groups",
    ),
    _message(
        r"number of input channels must be evenly divisible by the number of groups\. Received groups=(?P<groups>\d+),"
        r" but the input has (?P<channels>\d+) channels",
        "GC205",
        "{who} cannot divide {channels} channels into {groups} groups",
        "make the channels that come in a multiple of groups",
    ),
    _message(
        r"Received an invalid value for (?:argument )?`(?P<arg>\w+)`, expected (?P<wanted>[^.]+)\. Received: \w+=(?P<value>\S+)",
        "GC204",
        "{who} has {arg} {value}; it takes {wanted}",
        _TAKES,
    ),
    _message(
        r"Invalid value for argument `(?P<arg>\w+)`\. Expected (?P<wanted>[^.]+)\. Received \w+=(?P<value>[^\s.]+)",
        "GC204",
        "{who} has {arg} {value}; it takes {wanted}",
        _TAKES,
    ),
    _message(
        r"Invalid value received for argument `(?P<arg>\w+)`\. Expected (?P<wanted>[^.]+)\. Received: \w+=(?P<value>\S+)",
        "GC204",
        "{who} has {arg} {value}; it takes {wanted}",
        _TAKES,
    ),
    _message(
        r"Invalid value (?P<value>\S+) received for `(?P<arg>\w+)`, expected (?P<wanted>[^.]+)",
        "GC204",
        "{who} has {arg} {value}; it takes {wanted}",
        _TAKES,
    ),
    _message(
        r"Both `input_dim` and `output_dim` should be positive, Received input_dim = (?P<value>\S+) and",
        "GC204",
        "{who} has input_dim {value}; it takes a whole number above 0",
        _TAKES,
    ),
    _message(
        r"The `(?P<arg>\w+)` argument must be (?P<wanted>[^\n]+?)\.? Received:? (?:\w+=)?(?P<value>\([^)]*\)|[^\s,.]+)",
        "GC204",
        "{who} has {arg} {value}; it takes {wanted}",
        _TAKES,
    ),
    _message(
        r"Could not interpret (?P<arg>loss|optimizer|metric) identifier: (?P<value>\S+)",
        "GC506",
        "Keras has no {arg} of the name {value}",
        "correct the name",
    ),
    _message(
        r"Expected keys (?P<wanted>SHAPE) in (?P<arg>\w+) dict, but found \w+\.keys\(\)=(?P<got>SHAPE)"
        r"|unexpected losses or metrics that do not correspond to any Model output: dict_keys\((?P<got2>SHAPE)\)\."
        r" Valid mode output names: (?P<wanted2>SHAPE)",
        "GC506",
        "The dict of losses or metrics names {got}, and the outputs of the model are {wanted}",
        "use the names of the output layers as keys, or a list in the order of the outputs",
    ),
    _message(
        r"Arguments `target` and `output` must have the same rank \(ndim\)\. Received: target\.shape=(?P<got>SHAPE),"
        r" output\.shape=(?P<wanted>SHAPE)",
        "GC504",
        "The loss compares outputs of {wanted} with targets of {got}",
        "give the last layer as many units as the targets have, or use the sparse loss for class numbers",
    ),
    _message(
        r"Tensors in list passed to '(?P<arg>\w+)' of '(?P<value>\w+)' Op have types \[(?P<got>[^\]\n]*)\] that don't all match",
        "GC409",
        "{who} is given tensors of different types: {got}",
        'make them one type before: tf.cast(x, "float32"), np.asarray(x, "float32") for an array',
    ),
    _message(
        r"Unknown (?P<arg>loss function|optimizer|metric function|metric): '?(?P<value>\w+)",
        "GC506",
        "Keras has no {arg} of the name {value}",
        "correct the name",
    ),
    _message(
        r"'str' object is not callable",
        "GC506",
        "A name was taken where Keras needs a function: it has none of that name",
        "look for a wrong name among layers, metrics and losses: Keras 2 says so of names that it does not know",
        also=("GC201",),
    ),
    _message(
        r"Could not interpret (?P<arg>[\w ]+?)(?: function)? identifier: (?P<value>\S+)",
        "GC204",
        "{who} has {arg} {value}, and Keras has none of this name",
        "correct the name",
    ),
    _message(
        r"Unknown (?P<arg>activation function|initializer|regularizer|constraint):? '(?P<value>\w+)'",
        "GC204",
        "{who} has {arg} {value}, and Keras has none of this name",
        "correct the name",
    ),
    _message(
        r"Unknown layer: '?Functional\b",
        "GC706",
        "The installed Keras has no class Functional: it calls such a model Model, as all did before TensorFlow 2.3",
        'install the version that wrote the file, or write "Model" in place of "Functional" in it',
    ),
    _message(
        r"Unknown layer: '?(?P<cls>\w+)'?\. Please ensure|Unknown layer: (?P<cls2>[A-Z]\w*)\s*$",
        "GC206",
        "The class {cls} is not Keras's own, and this program has not registered it",
        _CUSTOM,
        also=("GC302",),
    ),
    _message(
        r"Please initialize `(?P<cls>\w+)` layer with a `[\w.]*Layer` instance\. Received: (?P<value>\S+)",
        "GC204",
        "{who} wraps a layer, and gets {value}",
        "give it a layer, such as Dense(8)",
    ),
    _message(
        r"Invalid value for `axis` argument\. Expected (?P<wanted>[^.]+)\.? .*?Received: axis=(?P<value>\([^)]*\)|\S+)",
        "GC204",
        "{who} has axis {value}, and its input has no such axis",
        "name an axis that the input has; -1 is the last",
    ),
    # --- wiring ---------------------------------------------------------------------------------------------------
    _message(
        r"The name \"(?P<layer>[^\"]+)\" is used (?P<times>\d+) times in the model",
        "GC301",
        'The model has {times} layers with the name "{layer}"',
        "rename all but one of them; a layer of no name of its own gets a new one",
    ),
    _message(
        r"No such layer: (?P<layer>[^.\s]+)\. Existing layers are: (?P<names>\[[^\]]*\])",
        "GC302",
        'The model has no layer "{layer}"',
        "correct the name; the model has {names}",
    ),
    _message(
        r"Unknown layer: (?P<layer>\w+)\s*$",
        "GC302",
        'A call names the layer "{layer}", which the file does not have',
        "correct the name",
    ),
    _message(
        r"The graph of the Functional model either has loops or disconnected nodes\. The following nodes failed to be"
        r" resolved: \{<(?P<cls>\w+) name=(?P<layer>[^,]+), ",
        "GC303",
        "{who} is fed by something that the file does not have, or waits for itself",
        "open the file: a node or tensor index that does not exist, two layers of one name and a circle all look so",
        also=("GC301", "GC304", "GC306"),
    ),
    _message(
        r"Graph disconnected: cannot obtain value for tensor .*?created by layer '(?P<source>[^']+)'\"?\) at layer"
        r" ['\"](?P<layer>[^'\"]+)['\"]",
        "GC307",
        '{who} needs what comes from "{source}", which is not among the inputs of the model',
        'add the input that "{source}" comes from to the inputs of Model(…)',
    ),
    _message(
        r"Output with path `(?P<path>[^`]*)` is not connected to `inputs`",
        "GC307",
        "An output cannot be computed from the inputs that Model(…) was given",
        "add every Input that the output needs to the inputs; a tensor in the middle is an input only where all that is"
        " needed comes from it",
    ),
    _message(
        r"`outputs` argument cannot be empty",
        "GC308",
        "The model has no output",
        "name the tensors that the model gives",
    ),
    # --- not built, not a tensor ----------------------------------------------------------------------------------
    _message(
        r"(?:[Tt]he layer|Layer) (?P<layer>\S+) has (?:never been called|no inbound nodes)",
        "GC704",
        "{who} has never been called, so it has no output yet",
        "call it on a tensor, or a model on data, before asking for its output",
    ),
    _message(
        r"You tried to call `count_params` on layer ['\"]?(?P<layer>[^'\",]+)['\"]?, but the layer isn't built",
        "GC704",
        "{who} has no weights yet: nothing says what its input looks like",
        "begin the model with keras.Input(shape), or call build(input_shape)",
    ),
    _message(
        r"This model has not yet been built",
        "GC704",
        "The model has no weights yet: nothing says what its input looks like",
        "begin the model with keras.Input(shape), or call build(input_shape)",
    ),
    _message(
        r"The added layer must be an instance of class Layer\. Received: layer=(?P<cls>\w+) of type <class 'str'>",
        "GC206",
        "The class {cls} is not Keras's own, and this program has not registered it",
        _CUSTOM,
    ),
    _message(
        r"Sequential model '(?P<layer>[^']+)' has already been configured to use input shape (?P<a>SHAPE)\."
        r" You cannot add a different Input layer",
        "GC708",
        'Sequential "{layer}" has an input already, of {a}, and is given another',
        "leave the second Input out; a branch of its own needs a functional model",
    ),
    _message(
        r"(?:Only instances of `?keras\.Layer`? can be added|The added layer must be an instance of class Layer)",
        "GC708",
        "A Sequential takes layers, and is given something else",
        "give it a layer: Dense(8), with its brackets, and not the class or a tensor",
    ),
    _message(
        r"Inputs to a layer should be tensors\. Got '(?P<value>[^']*)' .*?as input for layer '(?P<layer>[^']+)'",
        "GC708",
        "{who} is called with {value} instead of a tensor",
        "look where that value comes from: a function without return gives None",
    ),
    _message(
        r"(?:All `outputs` values must be KerasTensors\. Received: outputs=<(?P<cls>\w+) name=(?P<layer>[^,]+),"
        r"|Output tensors of a Functional model must be the output of a TensorFlow `Layer`)",
        "GC708",
        "An output of the model is no tensor of Keras",
        "call the layer on a tensor, Dense(8)(x), and give the model what comes out",
    ),
    # --- counts and ranks -----------------------------------------------------------------------------------------
    _message(
        r"A merge layer should be called on a list of inputs\. Received: input_shape=(?P<got>SHAPE)",
        "GC401",
        "{who} combines several tensors, and gets one of shape {got}",
        "give it a list: Add()([a, b])",
    ),
    _message(
        r"A `(?P<cls>\w+)` layer should be called on (?P<wanted>[^.]+?)\. Received:? (?:input_shape|inputs)=(?P<got>[^\n]+)",
        "GC401",
        "{who} takes {wanted}, and gets {got}",
        "give it a list with as many tensors as it takes",
    ),
    _message(
        r"Layer ['\"](?P<layer>[^'\"]+)['\"] expects (?P<wanted>\d+) (?:named )?input\(s\)(?: with keys (?P<keys>\[[^\]]*\]))?,"
        r" but it received (?P<got>\d+) input tensors",
        "GC401",
        "{who} takes {wanted} tensors, and gets {got}",
        "give each input of it one tensor; for several calls call it several times",
        ("GC503", "{who} takes {wanted} arrays, and gets {got}", "give each input of the model one array"),
    ),
    _message(
        r"of layer ['\"](?P<layer>[^'\"]+)['\"] is incompatible with the layer: expected (?P<least>min_)?ndim=(?P<wanted>\d+),"
        r" found ndim=(?P<got>\d+)\. Full shape received: (?P<shape>SHAPE)",
        "GC403",
        "{who} needs {wanted} axes, the batch among them, and gets {shape} with {got}",
        "put a Reshape before it, keep a sequence with return_sequences=True, or use the layer for this number of axes",
        (
            "GC503",
            "{who} needs {wanted} axes, the batch among them, and the data is {shape} with {got}",
            _DATA_SHAPE,
        ),
    ),
    _message(
        r"of layer ['\"](?P<layer>[^'\"]+)['\"] is incompatible with the layer: expected axis (?P<axis>-?\d+)(?: of input shape)?"
        r" to have value (?P<wanted>\d+),? but received input with shape (?P<got>SHAPE)",
        "GC411",
        "{who} has weights for {wanted} on axis {axis}, and gets {got}",
        "make the sizes equal, or use a layer of its own for each input",
        ("GC503", "{who} needs {wanted} on axis {axis}, and the data is {got}", _DATA_SHAPE),
        also=("GC208",),
    ),
    _message(
        r"of layer ['\"](?P<layer>[^'\"]+)['\"] is incompatible with the layer: expected shape=(?P<wanted>SHAPE),"
        r" found shape=(?P<got>SHAPE)",
        "GC503",
        "{who} takes {wanted}, and the data is {got}",
        _DATA_SHAPE,
    ),
    _message(
        r"Invalid input shape for input .*?Expected shape (?P<wanted>SHAPE), but input has incompatible shape (?P<got>SHAPE)",
        "GC503",
        "The model takes {wanted}, and the data is {got}",
        _DATA_SHAPE,
    ),
    # --- sizes ----------------------------------------------------------------------------------------------------
    _message(
        r"Inputs have incompatible shapes\. Received shapes (?P<a>SHAPE) and (?P<b>SHAPE)",
        "GC404",
        "{who} cannot combine {a} with {b} element by element",
        "give both branches the same sizes: filters or units where the last differ, strides and padding where those of"
        " an image do",
    ),
    _message(
        r"Cannot broadcast shape, the failure dim has value (?P<a>\d+), which cannot be broadcasted to (?P<b>\d+)\."
        r" Input shapes are: (?P<shapes>[^\n]*\])",
        "GC404",
        "An operation cannot combine {shapes} element by element: {a} and {b} differ, and neither is 1",
        "give both the same sizes",
    ),
    _message(
        r"A `(?P<cls>\w+)` layer requires inputs with matching shapes except for the concatenation axis\. Received:"
        r" input_shape=\[(?P<a>SHAPE), (?P<b>SHAPE)",
        "GC405",
        "{who} cannot join {a} with {b}: only the sizes of its axis may differ",
        "make the other sizes equal by strides, padding, cropping or upsampling, or join along another axis",
        also=("GC403",),
    ),
    _message(
        r"Incompatible input shapes: axis values (?P<a>\d+) \(at axis (?P<i>\d+)\) != (?P<b>\d+) \(at axis (?P<j>\d+)\)",
        "GC405",
        "{who} cannot multiply along axes of {a} and {b}",
        "make the two sizes equal, or choose other axes",
    ),
    _message(
        r"Inner dimensions .*?must be equal, but received `x1\.shape=(?P<a>SHAPE)` and `x2\.shape=(?P<b>SHAPE)`",
        "GC405",
        "A product of matrices cannot take {a} and {b}: the last size of the first must be the last but one of the other",
        "make these sizes equal, or transpose one of them",
    ),
    _message(
        r"(?:total size of the tensor must be unchanged|total size of new array must be unchanged)[^\n]*?"
        r"input_shape ?= ?(?P<a>SHAPE), (?:target|output)_shape ?= ?(?P<b>SHAPE)",
        "GC406",
        "{who} cannot make {b} of {a}: the numbers of values differ",
        "choose a target whose product is that of the input, or write -1 for one size",
    ),
    _message(
        r"Computed output size would be zero or negative\. Received:? `inputs[. ]shape=(?P<got>SHAPE)`, `(?:kernel shape|pool_size)="
        r"(?P<window>SHAPE)`",
        "GC407",
        "{who} has a window of {window}, and only {got} comes in: nothing would be left",
        'use padding="same", a larger input, or fewer layers that make it smaller before this one',
        (
            "GC503",
            "{who} has a window of {window}, and only {got} comes in: the data is too small or has its axes elsewhere",
            _DATA_SHAPE,
        ),
    ),
    _message(
        r"Negative dimension size caused by subtracting (?P<window>\d+) from (?P<got>\d+) for"
        r" '(?:\{\{node )?(?P<node>[^}'\s]+)(?:\}\})?[^\n]*?with input shapes: (?P<shapes>[^\n]*?\]\.)",
        "GC407",
        "{who} has a window of {window}, and only {got} comes in: nothing would be left",
        'use padding="same", a larger input, or fewer layers that make it smaller before this one',
        (
            "GC503",
            "{who} has a window of {window}, and only {got} comes in: the data is too small or has its axes elsewhere",
            "give the data its batch axis: x[None] for one sample",
        ),
    ),
    _message(
        r"One of the dimensions in the output is <= 0 due to downsampling in (?P<layer>[^.\s]+)\. Consider increasing the input"
        r" size\. Received input shape (?P<got>SHAPE)",
        "GC407",
        "{who} gets {got}, which is smaller than its window: nothing would be left",
        'use padding="same", a larger input, or fewer layers that make it smaller before this one',
    ),
    _message(
        r"`cropping` (?:argument should be smaller than|must be greater than)[^\n]*?Received:[^\n]*?shape=(?P<got>SHAPE),"
        r" (?:and )?cropping=(?P<cropping>[^\n]+?\)\))",
        "GC407",
        "{who} cuts {cropping} off {got}: nothing would be left",
        "crop less, or make the input larger",
    ),
    _message(
        r"Shapes used to initialize variables must be fully-defined \(no `None` dimensions\)\. Received: shape=(?P<got>SHAPE)"
        r" for variable path='(?P<layer>[^/']+)/(?P<variable>[^']*)'",
        "GC408",
        "{who} cannot make its {variable} of {got}: a size that comes in is not known",
        "give keras.Input every size but the batch, or a pooling layer that makes the open size go away",
    ),
    _message(
        r"The last dimension of the inputs to a Dense layer should be defined\. Found None\. Full input shape received: (?P<got>SHAPE)",
        "GC408",
        "A Dense gets {got}, and needs to know the last size",
        "give keras.Input every size but the batch; a Flatten over an open size gives an open size",
    ),
    _message(
        r"The channel dimension of the inputs should be defined\. The input_shape received is (?P<got>SHAPE)",
        "GC408",
        "{who} gets {got}, and needs to know the number of channels",
        "give keras.Input the number of channels",
    ),
    _message(
        r"unsupported operand type\(s\) for %: 'NoneType' and 'int'|int\(\) argument must be .*?not 'NoneType'",
        "GC408",
        "A size that a layer needs is not known",
        "give keras.Input every size but the batch",
    ),
    _message(
        r"Layer ['\"]?(?P<layer>[^'\"\s]+)['\"]? expected (?P<wanted>\d+) input\(s\)\. Received (?P<got>\d+) instead",
        "GC401",
        "{who} takes {wanted} tensors, and gets {got}",
        "give each input of it one tensor; for several calls call it several times",
    ),
    _message(
        r"Depth of input \((?P<got>\d+)\) is not a multiple of input depth of filter \((?P<wanted>\d+)\)",
        "GC411",
        "{who} has weights for {wanted} channels, and gets {got}",
        "make the channels equal, or use a layer of its own for each input",
        ("GC503", "{who} has weights for {wanted} channels, and the data has {got}", _DATA_SHAPE),
    ),
    _message(
        r"Dimensions must be equal, but are (?P<a>\d+) and (?P<b>\d+) for '\{\{node (?:compile_loss/)?(?P<loss>\w*error|\w*entropy|mse|mae)\b",
        "GC504",
        "The loss compares outputs with targets, and their sizes are {a} and {b}",
        "give the last layer as many units as the targets have",
    ),
    _message(
        r"Dimensions must be equal, but are (?P<a>\d+) and (?P<b>\d+) for '\{\{node (?P<node>[^}]*MatMul)\}\} = MatMul\b",
        "GC411",
        "{who} has weights for {b}, and gets {a}",
        "make the sizes equal, or use a layer of its own for each input",
        ("GC503", "{who} has weights for {b}, and the data has {a}", _DATA_SHAPE),
    ),
    _message(
        r"Dimensions must be equal, but are (?P<a>\d+) and (?P<b>\d+) for '\{\{node (?P<node>[^}]*[mM]at[mM]ul\w*)\}\}",
        "GC405",
        "A product of matrices cannot take sizes {a} and {b}: the last of the first must be the last but one of the other",
        "make these sizes equal, or transpose one of them",
    ),
    _message(
        r"Dimensions must be equal, but are (?P<a>\d+) and (?P<b>\d+) for '\{\{node (?P<node>[^}]+)\}\}",
        "GC404",
        "{who} cannot combine sizes {a} and {b} element by element",
        "give both the same sizes",
    ),
    # --- dtypes ---------------------------------------------------------------------------------------------------
    _message(
        r"Value passed to parameter '\w+' has DataType (?P<got>\w+) not in list of allowed values: (?P<wanted>[^\n]+)",
        "GC409",
        "{who} works on {wanted}, and gets {got}",
        "convert the values first, or give the input another dtype",
    ),
    _message(
        r"Failed to convert elements of tf\.RaggedTensor",
        "GC412",
        "{who} cannot work on a ragged tensor",
        "set ragged of the input to false, or make the tensor dense with to_tensor() before",
    ),
    # --- training -------------------------------------------------------------------------------------------------
    _message(
        r"Received a label value of (?P<got>-?\d+) which is outside the valid range of \[0, (?P<wanted>\d+)\)",
        "GC502",
        "The loss takes class numbers from 0 below {wanted}, and the targets hold {got}",
        "give the last layer one unit for each class, count classes from 0, or use another loss for numbers",
    ),
    _message(
        r"logits and labels must have the same first dimension, got logits shape (?P<a>SHAPE) and labels shape (?P<b>SHAPE)",
        "GC502",
        "The loss takes one class number a sample, and gets {b} targets for outputs of {a}",
        "use categorical_crossentropy for one-hot targets, or class numbers for the sparse one",
    ),
    _message(
        r"Argument `output` must have rank \(ndim\) `target\.ndim - 1`\. Received: target\.shape=(?P<a>SHAPE), output\.shape=(?P<b>SHAPE)",
        "GC502",
        "The loss takes one class number a sample, and gets targets of {a} for outputs of {b}",
        "use categorical_crossentropy for one-hot targets, or class numbers for the sparse one",
    ),
    _message(
        r"Arguments `target` and `output` must have the same shape\. Received: target\.shape=(?P<a>SHAPE), output\.shape=(?P<b>SHAPE)",
        "GC504",
        "The loss compares outputs of {b} with targets of {a}",
        "give the last layer as many units as the targets have, or use the sparse loss for class numbers",
    ),
    _message(
        r"Shapes (?P<a>SHAPE) and (?P<b>SHAPE) are incompatible",
        "GC504",
        "The loss compares outputs of {b} with targets of {a}",
        "give the last layer as many units as the targets have, or use the sparse loss for class numbers",
    ),
    _message(
        r"(?:`?logits`? and `?labels`? must have the same shape|must have the same shape), (?:received )?\(?(?P<a>SHAPE) vs\.? (?P<b>SHAPE)",
        "GC504",
        "The loss compares outputs and targets of {a} and {b}",
        "give the last layer as many units as the targets have",
    ),
    _message(
        r"Data cardinality is ambiguous.*?'?x'? sizes: (?P<a>[\d, ]+)\s+'?y'? sizes: (?P<b>[\d, ]+)",
        "GC503",
        "The inputs have {a} samples, and the targets {b}",
        "give both the same number of samples",
    ),
    _message(
        r"(?:Invalid dtype: (?P<got>str\d+|object)|Unsupported object type (?P<got2>\w+)|Cast (?P<got3>string) to float is not supported)",
        "GC503",
        "The data holds {got}, and the model takes numbers",
        _DATA_TYPE,
    ),
    _message(
        r"Unrecognized data type: x=",
        "GC503",
        "The data is a list, and Keras 3 takes arrays",
        "make an array of it: np.asarray(x)",
    ),
    _message(
        r"You must call `compile\(\)` before using the model|You must compile your model before training",
        "GC505",
        "The model was not compiled",
        "call model.compile(optimizer, loss) before fit",
    ),
    _message(
        r"No loss to compute\.|No loss found\.",
        "GC505",
        "compile names no loss for an output that the model has",
        "name a loss in compile; where it is by output, use the names of the outputs",
    ),
    _message(
        r"The path: \('(?P<name>[^']+)',\) in the `loss` argument, can't be found",
        "GC505",
        'compile names a loss for "{name}", and the model has no such output',
        "use the names of the outputs",
    ),
    _message(
        r"The model does not have any trainable weights|no gradients provided for any variable"
        r"|No gradients provided for any variable|No variables to be trained",
        "GC501",
        "The model has no weight that training could change",
        "set trainable to true on the layers that are to learn",
    ),
    # --- programs that ask for what cannot be ------------------------------------------------------------------------
    _message(
        r"Kernel shape must have the same length as input, but received kernel of shape \((?P<kernel>[^)]*)\) and input of shape (?P<given>SHAPE)",
        "GC403",
        "{who} has a kernel of ({kernel}), and gets {given}, which has another number of axes",
        "give the input the axes that the layer counts on, or use the class for this number of axes",
    ),
    _message(
        r"indices\[[\d,]+\] = (?P<value>-?\d+) is not in \[0, (?P<most>\d+)\)",
        "GC503",
        "An Embedding gets the number {value}, and has rows for 0 to {most} without the last",
        "make input_dim larger than the largest number in the data, or count the data from 0",
    ),
    _message(
        r"object of type 'KerasTensor' has no len\(\)",
        "GC705",
        "len() cannot tell the size of a symbolic tensor",
        "use x.shape: a size that is only known with the data is None there",
    ),
    _message(
        r"float\(\) argument must be a string or a real number, not 'KerasTensor'",
        "GC705",
        "float() wants a number, and a symbolic tensor has none before data come",
        "compute it with layers or operations of Keras",
    ),
    _message(
        r"All `(?P<side>inputs|outputs)` values must be KerasTensors"
        r"|(?:Input|Output) tensors (?:to|of) a (?P<model>\w+) must (?:come from|be the output of)"
        r"|Found unexpected instance while processing (?P<of>input|output) tensors for keras functional model",
        "GC708",
        "A model is made of something else than symbolic tensors",
        "give it what keras.Input and calls of layers return, not arrays, None or layers",
    ),
    _message(
        r"Layer (?P<layer>\S+) weight shape (?P<wanted>SHAPE) is not compatible with provided weight shape (?P<given>SHAPE)",
        "GC008",
        'A weight of "{layer}" has the shape {wanted}, and is given one of {given}',
        "build the model as it was when the weights were taken, or set those of the layers that fit",
    ),
    _message(
        r"(?P<cls>\w*Attention) layer must be called on a list of inputs",
        "GC401",
        "{who} gets one tensor, and needs query and value",
        "call it on a list: Attention()([query, value])",
        also=("GC402",),
    ),
    _message(
        r"There must be at most one unknown dimension|Can only specify one unknown dimension",
        "GC204",
        "{who} has -1 for more than one size of its target",
        "write -1 for one size at most",
    ),
    _message(
        r"'<=' not supported between instances of 'str' and 'int'",
        "GC204",
        "An argument is a text where Keras needs a number",
        'write the number without quotes: 32, not "32"',
    ),
    _message(
        r"Cannot convert '(?P<value>[^']*)' to a shape",
        "GC204",
        "A shape is {value}, and must be a list of sizes",
        "write a comma behind a single size: (8,)",
    ),
    _message(
        r"too many positional arguments|__call\(\) takes 1 positional argument but 2 were given",
        "GC703",
        "A class of your own has a call that does not take its input",
        "write call(self, inputs): self comes first",
    ),
    _message(
        r"In layer '(?P<layer>[^']*)', you forgot to call `super\(\)\.__init__\(\)`|You must call `super\(\)\.__init__\(\)` in the layer constructor",
        "GC703",
        "A class of your own makes no layer of itself before it sets attributes",
        "call super().__init__(**kwargs) first in __init__",
    ),
    _message(
        r"`class_weight` is only supported for Models with a single output",
        "GC505",
        "fit gets class_weight, and the model has several outputs",
        "weigh with sample_weight, a list with one array for each output",
    ),
    _message(
        r"The path: \((?P<n>\d+),\) in the `loss` argument, can't be found",
        "GC505",
        "compile names more losses than the model has outputs: there is no output {n}",
        "give as many losses as outputs, in their order",
    ),
    # --- a file that Keras cannot make sense of ------------------------------------------------------------------
    _message(
        r"KeyError: '(?P<key>module|class_name|config|name|layers|inbound_nodes|kwargs|args|input_layers|output_layers|registered_name)'\s*$",
        "GC101",
        'The file lacks the key "{key}" where Keras reads it',
        "add the key, or write the file again with model.to_json()",
        also=("GC103",),
    ),
    _message(
        r"tuple index out of range\s*$",
        "GC204",
        "{who} names an axis that its input does not have",
        "name an axis that the input has; -1 is the last",
    ),
    _message(
        r"(?:'\w+' object has no attribute '(?:get|items|keys|split|startswith)'|(?:string|list) indices must be integers"
        r"|'\w+' object is not subscriptable)",
        "GC102",
        "A value in the file has another type than Keras expects there",
        "open the file: the place is named with what Keras expects",
    ),
)
