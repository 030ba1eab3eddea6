'use strict';
// JavaScript cannot hold a 128-bit vector, so a call with vectors goes through a small module that
// carries its arguments as constants and returns a vector as two 64-bit integers.
const CODES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const LANE_BYTES = { i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 };

function unsigned(value) {
  const out = [];
  let rest = value;
  do {
    out.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return out;
}

function signed(value) {
  const out = [];
  let rest = value;
  for (;;) {
    const next = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && !(next & 0x40)) || (rest === -1n && next & 0x40)) return [...out, next];
    out.push(next | 0x80);
  }
}

function littleEndian(text, bytes) {
  const value = BigInt.asUintN(8 * bytes, BigInt(text));
  return Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function constant({ type, lane_type: lane, value }) {
  switch (type) {
    case 'i32':
      return [0x41, ...signed(BigInt.asIntN(32, BigInt(value)))];
    case 'i64':
      return [0x42, ...signed(BigInt.asIntN(64, BigInt(value)))];
    case 'f32':
      return [0x43, ...littleEndian(value, 4)];
    case 'f64':
      return [0x44, ...littleEndian(value, 8)];
    default:
      return [0xfd, 0x0c, ...value.flatMap((each) => littleEndian(each, LANE_BYTES[lane]))];
  }
}

const section = (id, content) => [id, ...unsigned(content.length), ...content];
const name = (text) => [...unsigned(text.length), ...Buffer.from(text)];

/** A module that imports `call.f` with the types of the values and exports `run`. */
function moduleFor(args, results) {
  const types = (values) => [values.length, ...values.map((each) => CODES[each.type])];
  const halves = results.flatMap((each) => (each.type === 'v128' ? [{ type: 'i64' }, { type: 'i64' }] : [each]));
  const vector = results.length === 1 && results[0].type === 'v128';
  const code = [
    ...(vector ? [1, 1, CODES.v128] : [0]),
    ...args.flatMap(constant),
    ...[0x10, 0],
    ...(vector ? [0x22, 0, 0xfd, 0x1d, 0, 0x20, 0, 0xfd, 0x1d, 1] : []),
    0x0b,
  ];
  return new WebAssembly.Module(
    new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [2, 0x60, ...types(args), ...types(results), 0x60, 0, ...types(halves)]),
      ...section(2, [1, ...name('call'), ...name('f'), 0, 0]),
      ...section(3, [1, 1]),
      ...section(7, [1, ...name('run'), 0, 1]),
      ...section(10, [1, ...unsigned(code.length), ...code]),
    ]),
  );
}

module.exports = function vectorCall(args, results) {
  const module_ = moduleFor(args, results);
  return (f) => new WebAssembly.Instance(module_, { call: { f } }).exports.run();
};
