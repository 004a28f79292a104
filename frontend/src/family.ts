/** What kind of layer a class is: a glyph, a colour, a far-tier box; the meaning is in the glyph. */
export const FAMILIES = [
  "input", "dense", "conv", "pool", "norm", "activation", "recurrent", "attention", "merge", "reshape", "regularise", "preprocess", "op", "custom",
] as const;
export type Family = (typeof FAMILIES)[number];

// Only glyph and colour hang on this, so a name's pattern is enough; what is not recognised is drawn as an operation.
const PATTERNS: readonly (readonly [RegExp, Family])[] = [
  [/>/, "custom"],
  [/^Input/, "input"],
  [/Attention/, "attention"],
  [/LSTM|GRU|RNN|Bidirectional|TimeDistributed/, "recurrent"],
  [/Conv/, "conv"],
  [/Pool/, "pool"],
  [/^(Rescaling|Resizing|CenterCrop|Random|TextVectorization|StringLookup|IntegerLookup|Hashing|Discretization|CategoryEncoding|HashedCrossing|MelSpectrogram|STFTSpectrogram|Normalization$)/, "preprocess"],
  [/Normalization$/, "norm"],
  [/Dropout|GaussianNoise|ActivityRegularization/, "regularise"],
  [/ReLU|Activation|Softmax|^ELU/i, "activation"],
  [/^(Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot)$/, "merge"],
  [/Reshape|Flatten|Permute|Padding|Cropping|UpSampling|RepeatVector/, "reshape"],
  [/Dense|Embedding/, "dense"],
];

export function familyOf(className: string): Family {
  return PATTERNS.find(([pattern]) => pattern.test(className))?.[1] ?? "op";
}

/** Strokes of each glyph, 16 × 16. */
export const GLYPHS: Readonly<Record<Family, string>> = {
  input: "M2 8h7M6.5 5.5 9 8l-2.5 2.5M11 3h3v10h-3",
  dense: "M2 4a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0M2 12a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0M11.2 4a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0M11.2 12a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0M4.8 4h6.400M4.8 12h6.400M4.5 5l7 6M4.5 11l7-6",
  conv: "M3.5 2h9a1.5 1.5 0 0 1 1.5 1.500v9a1.5 1.5 0 0 1-1.5 1.500h-9a1.5 1.5 0 0 1-1.5-1.500v-9a1.5 1.5 0 0 1 1.5-1.500zM4.6 4.600h4v4h-4zM5.3 5.300h2.600v2.600h-2.600z",
  pool: "M3.5 2h9a1.5 1.5 0 0 1 1.5 1.500v9a1.5 1.5 0 0 1-1.5 1.500h-9a1.5 1.5 0 0 1-1.5-1.500v-9a1.5 1.5 0 0 1 1.5-1.500zM8 2v12M2 8h12",
  norm: "M1.5 12.500c4 0 3.5-9 6.5-9s2.5 9 6.5 9",
  activation: "M2 12h6l6-8",
  recurrent: "M12.8 8a4.8 4.8 0 1 1-1.7-3.700M11.4 1.600v3H8.3",
  attention: "M2.5 3.5 9.8 7M2.5 8h7M2.5 12.5 9.8 9M9.7 8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0",
  merge: "M3.5 2v2.500C3.5 7 8 7 8 10v4M12.5 2v2.500C12.5 7 8 7 8 10",
  reshape: "M2 6V2h4M14 10v4h-4M2.5 2.500l11 11",
  regularise: "M2.6 4.500a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M9.6 11.500a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M10 3l3 3M13 3l-3 3M3 10l3 3M6 10l-3 3",
  preprocess: "M2 5h7M13 5h1M2 11h1M7 11h7M9.2 5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M3.2 11a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0",
  op: "M12 4V2.500H4L8.5 8 4 13.500h8V12",
  custom: "M6 2.500c-2 0-2 1-2 2.500s0 3-1.8 3C4 8 4 9.5 4 11s0 2.5 2 2.500M10 2.500c2 0 2 1 2 2.500s0 3 1.8 3C12 8 12 9.5 12 11s0 2.5-2 2.5",
};
