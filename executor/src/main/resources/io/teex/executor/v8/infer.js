'use strict';
// The models that the image brings: the worker has another process run them, and says what it costs.
const { read, send } = require('./pipe.js');

const INFER = 15;
const INFERRED = 4;
const HEAD_BYTES = 9;

/** → {status: 0 or why there are no outputs, fuel (BigInt), outputs} */
module.exports = function infer(model, fuelLeft, room, inputs) {
  const head = Buffer.alloc(16);
  head.writeInt32BE(model, 0);
  head.writeBigInt64BE(fuelLeft, 4);
  head.writeInt32BE(room, 12);
  send(INFER, Buffer.concat([head, inputs]));
  const frame = read(5);
  if (frame.readUInt8(0) !== INFERRED) process.exit(1);
  const answer = read(frame.readUInt32BE(1));
  return {
    status: answer.readUInt8(0),
    fuel: answer.readBigInt64BE(1),
    outputs: answer.subarray(HEAD_BYTES),
  };
};

/** Of the inputs of one call. */
module.exports.BYTES_MAX = 16 << 20;
