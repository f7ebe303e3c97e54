/* node onnxruntime.js FOLDER THREADS MODEL.onnx ...: milliseconds of one forward pass with ONNX
 * Runtime, the best of many, a line for each model. FOLDER holds node_modules/onnxruntime-node. */
'use strict';
const path = require('path');
const [folder, threads, ...models] = process.argv.slice(2);
const ort = require(path.resolve(folder, 'node_modules', 'onnxruntime-node'));
const SECONDS = 2;

async function measure(model) {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'], intraOpNumThreads: Number(threads), interOpNumThreads: 1,
  });
  const picture = Float32Array.from({ length: 3 * 224 * 224 }, () => Math.random());
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', picture, [1, 3, 224, 224]) };
  const end = performance.now() + 1000 * SECONDS;
  let best = Infinity;

  while (performance.now() < end) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  console.log(best);
}

(async () => {
  for (const model of models)
    await measure(model);
})();
