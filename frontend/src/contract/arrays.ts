/** Arrays of the contract in memory: row-major float32, axes first, NaN for "no value". */
import type { EncodedArray, Nested, Values } from "./types";

export interface NdArray {
  shape: number[];
  data: Float32Array;
}

/** Nested lists or base64 to an array. RangeError when the shape does not fit the data. */
export function decode(values: Values): NdArray {
  const array = Array.isArray(values) ? fromNested(values) : fromBase64(values);
  const size = array.shape.reduce((product, length) => product * length, 1);
  if (size !== array.data.length) {
    throw new RangeError(`an array of shape [${array.shape.join(", ")}] cannot hold ${array.data.length} numbers`);
  }
  return array;
}

/** Whether this machine writes numbers as the contract does. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const decodedOnce = new WeakMap<object, NdArray>();

/** The same, decoded once for each array of a result. */
export function decoded(values: Values): NdArray {
  const known = decodedOnce.get(values);
  if (known) return known;
  const array = decode(values);
  decodedOnce.set(values, array);
  return array;
}

/** The last axis at the given leading index: a view, not a copy. */
export function row(array: NdArray, index: readonly number[]): Float32Array {
  const length = array.shape.at(-1) ?? 0;
  let offset = 0;
  index.forEach((position, axis) => {
    offset = offset * (array.shape[axis] ?? 1) + position;
  });
  return array.data.subarray(offset * length, (offset + 1) * length);
}

/** Number `index` of a row; NaN outside. */
export function value(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}

function fromBase64(values: EncodedArray): NdArray {
  const raw = atob(values.data);
  const data = new Float32Array(raw.length / 4);
  const bytes = LITTLE ? new Uint8Array(data.buffer) : new Uint8Array(raw.length);
  // A loop: going through the characters one by one takes twenty times as long.
  for (let index = 0; index < raw.length; index++) bytes[index] = raw.charCodeAt(index);
  const view = new DataView(bytes.buffer);
  if (!LITTLE) for (let index = 0; index < data.length; index++) data[index] = view.getFloat32(index * 4, true);
  return { shape: values.shape, data };
}

function fromNested(values: Nested): NdArray {
  const shape: number[] = [];
  for (let level: Nested | number | null = values; Array.isArray(level); level = level[0] ?? null) {
    shape.push(level.length);
  }
  const data = Float32Array.from((values as unknown[]).flat(Infinity) as (number | null)[], (number) => number ?? NaN);
  return { shape, data };
}
