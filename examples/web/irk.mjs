// Reads of a model file (.irk) what a web page needs: the ONNX model and the test vectors. The layout is that of
// proto/README.md; hashes are not verified here, so check a stranger's file with irkit before you publish it.

const MAGIC = [0x89, 0x49, 0x52, 0x4b, 0x0d, 0x0a, 0x1a, 0x0a];
const VECTORS = 3;
const ONNX = 4;

// onnx.TensorProto.DataType → what onnxruntime-web calls it, and the array that holds it
const DTYPES = new Map([
  [1, ["float32", Float32Array]],
  [2, ["uint8", Uint8Array]],
  [3, ["int8", Int8Array]],
  [6, ["int32", Int32Array]],
  [7, ["int64", BigInt64Array]],
  [9, ["bool", Uint8Array]],
  [11, ["float64", Float64Array]],
]);

/** Sections of the file (an ArrayBuffer or a view of one): Map from kind to its bytes, which are not copied. Throws an
 * Error for what is no model file of version 1. */
export function sectionsOf(file) {
  const bytes = ArrayBuffer.isView(file)
    ? new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
    : new Uint8Array(file);
  if (bytes.length < 64 || MAGIC.some((byte, k) => bytes[k] !== byte)) throw new Error("not an irkit model file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== 1) throw new Error(`a model file of version ${version}; this program reads version 1`);
  if (Number(view.getBigUint64(32, true)) !== bytes.length) throw new Error("the model file is cut");
  const sections = new Map();
  for (let k = 0; k < view.getUint32(12, true); ++k) {
    const entry = 64 + 32 * k;
    const offset = Number(view.getBigUint64(entry + 8, true));
    const length = Number(view.getBigUint64(entry + 16, true));
    if (offset + length > bytes.length) throw new Error("a section lies outside of the model file");
    sections.set(view.getUint32(entry, true), bytes.subarray(offset, offset + length));
  }
  return sections;
}

/** The onnx.ModelProto in the file. */
export function onnxOf(sections) {
  const onnx = sections.get(ONNX);
  if (!onnx) throw new Error("the model file has no ONNX section: save it with onnx=True");
  return onnx;
}

/** {tolerance, samples: [{inputs, outputs}]}, each a list of {type, dims, data}. No samples without the section. */
export function vectorsOf(sections) {
  const section = sections.get(VECTORS);
  if (!section) return { tolerance: 0, samples: [] };
  const bytes = section.slice(); // starts at 0, so that arrays of any type can lie in it
  const view = new DataView(bytes.buffer);
  let at = 32;
  const pad = (step) => (at = Math.ceil(at / step) * step);
  const tensor = () => {
    pad(8);
    const [type, ArrayType] = DTYPES.get(view.getUint8(at)) ?? [];
    if (!type) throw new Error(`test vectors of dtype ${view.getUint8(at)} are not for the web`);
    const rank = view.getUint8(at + 1);
    at += 8;
    const dims = Array.from({ length: rank }, (_, k) => Number(view.getBigInt64(at + 8 * k, true)));
    at += 8 * rank;
    const length = Number(view.getBigUint64(at, true));
    at += 8;
    pad(64);
    const data = new ArrayType(bytes.buffer, at, length / ArrayType.BYTES_PER_ELEMENT);
    at += length;
    return { type, dims, data };
  };
  const tensors = (count) => Array.from({ length: count }, tensor);
  const [samples, inputs, outputs] = [0, 4, 8].map((offset) => view.getUint32(offset, true));
  return {
    tolerance: view.getFloat64(16, true),
    samples: Array.from({ length: samples }, () => ({ inputs: tensors(inputs), outputs: tensors(outputs) })),
  };
}

/** Runs the file's test vectors with onnxruntime-web; resolves to {samples, largest}: their number, and the largest
 * difference as a share of what is allowed. Rejects when an output differs by more. */
export async function selfTest(ort, file) {
  const sections = sectionsOf(file);
  const { tolerance, samples } = vectorsOf(sections);
  const session = await ort.InferenceSession.create(onnxOf(sections), { executionProviders: ["wasm"] });
  let largest = 0;
  for (const { inputs, outputs } of samples) {
    const feeds = Object.fromEntries(
      inputs.map(({ type, dims, data }, k) => [session.inputNames[k], new ort.Tensor(type, data, dims)]),
    );
    const found = await session.run(feeds);
    outputs.forEach((expected, k) => {
      largest = Math.max(largest, compare(found[session.outputNames[k]], expected, tolerance));
    });
  }
  return { samples: samples.length, largest };
}

function compare(found, expected, tolerance) {
  if (found.type !== expected.type || found.dims.join() !== expected.dims.join())
    throw new Error(`expected ${expected.type}[${expected.dims}], found ${found.type}[${found.dims}]`);
  if (!expected.type.startsWith("float")) tolerance = 0;
  const size = expected.data.reduce((most, x) => Math.max(most, Math.abs(Number(x))), 0);
  let largest = 0;
  expected.data.forEach((x, k) => {
    const share = Math.abs(Number(found.data[k]) - Number(x)) / (tolerance * size || Number.MIN_VALUE);
    if (!(share <= 1)) throw new Error(`element ${k}: expected ${x}, found ${found.data[k]}`);
    largest = Math.max(largest, share);
  });
  return largest;
}
