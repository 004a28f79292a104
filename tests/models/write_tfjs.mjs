// Writes models with TensorFlow.js into versions/. Run by hand, in a folder where @tensorflow/tfjs-core, -layers and
// -backend-cpu are installed: node /path/to/write_tfjs.mjs
//
// `NAME.json` is the model.json that `model.save` puts beside its weights, `NAME.expected.json` what TensorFlow.js made
// of the model: shape and dtype of each call's outputs and parameters, by layer.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(join(process.cwd(), "package.json"));
load("@tensorflow/tfjs-backend-cpu");
const tf = load("@tensorflow/tfjs-layers");
const core = load("@tensorflow/tfjs-core");
const { layers } = tf;
const folder = new URL("versions/tfjs-layers-4.22.0/", import.meta.url).pathname;

const models = {
    cnn() {
        const model = tf.sequential({ name: "cnn" });
        model.add(layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [12, 12, 3], name: "conv" }));
        model.add(layers.batchNormalization({ name: "norm" }));
        model.add(layers.maxPooling2d({ poolSize: 2, name: "pool" }));
        model.add(layers.flatten({ name: "flatten" }));
        model.add(layers.dense({ units: 5, activation: "softmax", kernelRegularizer: "l1l2", name: "dense" }));
        return model;
    },
    siamese() {
        const left = tf.input({ shape: [6], name: "left" });
        const right = tf.input({ shape: [6], name: "right" });
        const tower = layers.dense({ units: 3, activation: "tanh", name: "tower" });
        const [a, b] = [tower.apply(left), tower.apply(right)];
        const joined = layers.concatenate({ name: "joined" }).apply([a, b]);
        const score = layers.dense({ units: 1, name: "score" }).apply(joined);
        return tf.model({ inputs: [left, right], outputs: [score, layers.add({ name: "sum" }).apply([a, b])], name: "siamese" });
    },
    text() {
        const words = tf.input({ shape: [9], dtype: "int32", name: "words" });
        let x = layers.embedding({ inputDim: 20, outputDim: 6, name: "embedding" }).apply(words);
        const inner = layers.lstm({ units: 4, returnSequences: true, recurrentInitializer: "glorotNormal", name: "lstm" });
        x = layers.bidirectional({ layer: inner, mergeMode: "concat", name: "both_ways" }).apply(x);
        x = layers.timeDistributed({ layer: layers.dense({ units: 3, name: "each" }), name: "every" }).apply(x);
        return tf.model({ inputs: words, outputs: layers.gru({ units: 2, recurrentInitializer: "glorotNormal", name: "gru" }).apply(x), name: "text" });
    },
};

function expected(model) {
    const found = { calls: {}, params: {}, total: model.countParams() };
    const size = (weights) => weights.reduce((sum, weight) => sum + weight.shape.reduce((a, b) => a * b, 1), 0);
    for (const layer of model.layers) {
        found.calls[layer.name] = layer.inboundNodes.map((node) => node.outputTensors.map((t) => [t.shape, t.dtype]));
        found.params[layer.name] = [size(layer.trainableWeights), size(layer.nonTrainableWeights)];
    }
    return found;
}

mkdirSync(folder, { recursive: true });
for (const [name, make] of Object.entries(models)) {
    const model = make();
    const keep = core.io.withSaveHandler((artifacts) => {
        const { modelTopology, format, generatedBy, convertedBy, weightSpecs: weights } = artifacts;
        const weightsManifest = [{ paths: [`./${name}.weights.bin`], weights }];
        const text = JSON.stringify({ modelTopology, format, generatedBy, convertedBy, weightsManifest });
        writeFileSync(join(folder, `${name}.json`), `${text}\n`);
        return { modelArtifactsInfo: core.io.getModelArtifactsInfoForJSON(artifacts) };
    });
    await model.save(keep);
    writeFileSync(join(folder, `${name}.expected.json`), `${JSON.stringify(expected(model))}\n`);
}
