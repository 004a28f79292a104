// Names that Keras takes for a serialized object; the parameter's own name says which kind it is.

const INITIALIZERS = [
  "constant", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal", "lecun_uniform", "ones", "orthogonal",
  "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "zeros",
];
const REGULARIZERS = ["l1", "l2", "l1_l2", "orthogonal_regularizer"];
const CONSTRAINTS = ["max_norm", "min_max_norm", "non_neg", "unit_norm"];
const DTYPES = ["float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "int32", "int64", "uint8", "bool", "string"];

export function suggestionsFor(parameter: string): readonly string[] {
  if (parameter.endsWith("initializer")) return INITIALIZERS;
  if (parameter.endsWith("regularizer")) return REGULARIZERS;
  if (parameter.endsWith("constraint")) return CONSTRAINTS;
  return parameter === "dtype" ? DTYPES : [];
}
