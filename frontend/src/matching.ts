// How well a text answers what was typed, and which entries of the catalog serve a purpose.

/** 0: not at all. The start of the text beats the start of a word, that beats its middle, that letters in order. */
export function score(text: string, query: string): number {
  const [where, what] = [text.toLowerCase(), query.trim().toLowerCase()];
  if (what === "") return 1;
  const at = where.indexOf(what);
  if (at === 0) return where.length === what.length ? 6 : 5;
  if (at > 0) return isWordStart(text, at) ? 4 : 3;
  const words = what.split(/\s+/);
  if (words.length > 1 && words.every((word) => where.includes(word))) return 2;
  return isSpread(where, what) ? 1 : 0;
}

/** How well a thing answers by its name, which is the first of its texts, and by what else it is looked for. */
export function points(texts: readonly string[], query: string): number {
  return texts.reduce((best, text, i) => Math.max(best, score(text, query) - (i === 0 ? 0 : 0.5)), 0);
}

/** The texts that answer, the best first; equal ones stay in their order. */
export function ranked<T>(items: readonly T[], query: string, textsOf: (item: T) => readonly string[]): T[] {
  return items
    .map((item) => ({ item, points: points(textsOf(item), query) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}

// What people look for who do not know the class's name, in the languages of the page.
const PURPOSES: readonly (readonly [words: string, classes: RegExp])[] = [
  ["downsample shrink reduce subsample 下采样 缩小", /^(Max|Average)Pooling|^Conv\dD$|^SeparableConv|^Cropping|^Resizing$/],
  ["upsample enlarge grow 上采样 放大", /^UpSampling|Transpose$|^Resizing$|^ZeroPadding/],
  ["flatten to vector 展平", /^Flatten$|^Global|^Reshape$/],
  ["fully connected linear perceptron 全连接 线性", /^(Dense|EinsumDense)$/],
  ["overfitting regularize noise 正则 过拟合", /Dropout|Noise|^ActivityRegularization$/],
  ["normalize standardize batch norm 归一化 标准化", /Normalization$|^Rescaling$/],
  ["nonlinearity activation 非线性 激活", /^(Activation|ReLU|LeakyReLU|PReLU|ELU|Softmax)$/],
  ["skip residual merge join combine sum 残差 合并 相加", /^(Add|Concatenate|Average|Multiply|Maximum|Minimum|Subtract|Dot)$/],
  ["sequence text time memory recurrent 序列 文本 循环", /^(LSTM|GRU|SimpleRNN|Bidirectional|ConvLSTM|Embedding|TimeDistributed)/],
  ["self attention transformer query 注意力", /Attention$/],
  ["words tokens vocabulary 词 词表", /^(Embedding|TextVectorization|StringLookup|IntegerLookup)$/],
  ["augment flip rotate images 数据增强 翻转", /^Random/],
  ["pad border 填充", /^ZeroPadding/],
  ["input 输入", /^InputLayer$/],
];

/** What else a class is looked for by. */
export function purposesOf(className: string): readonly string[] {
  return PURPOSES.filter(([, classes]) => classes.test(className)).flatMap(([words]) => words.split(" "));
}

function isWordStart(text: string, at: number): boolean {
  return /[\s_/.-]/.test(text.charAt(at - 1)) || (/[a-z\d]/.test(text.charAt(at - 1)) && /[A-Z]/.test(text.charAt(at)));
}

function isSpread(where: string, what: string): boolean {
  let at = -1;
  return what.length > 2 && [...what].every((letter) => (at = where.indexOf(letter, at + 1)) >= 0);
}
