'use strict';
// The import module "teex": input, output, data sets by range and the image's models. Answers -1 where an argument
// makes no sense, so that a guest need not trap over it.
const infer = require('./infer.js');
const log = require('./log.js');

const FAILED = -1;
const NEWLINE = Buffer.from('\n');

function readRange(guest, source, offset, pointer, size) {
  const target = guest.bytes(pointer, size);
  if (source === null || target === null || offset < 0) {
    guest.charge(0);
    return FAILED;
  }
  const count = Math.max(0, Math.min(target.length, source.length - offset));
  guest.charge(count);
  if (count > 0) source.copyTo(target.subarray(0, count), offset);
  return count;
}

module.exports = function teex(guest) {
  const { input, datasets } = guest.task;
  const given = {
    length: input.length,
    copyTo: (target, offset) => target.set(input.subarray(offset, offset + target.length)),
  };
  const dataset = (index) => datasets[index >>> 0] ?? null;
  return {
    dataset_count() {
      guest.charge(0);
      return datasets.length;
    },
    dataset_size(index) {
      guest.charge(0);
      const found = dataset(index);
      return found === null ? -1n : BigInt(found.length);
    },
    dataset_read(index, offset, pointer, size) {
      // Beyond 2^53 a Number is not exact, but far beyond every data set as well.
      return readRange(guest, dataset(index), Number(offset), pointer, size);
    },
    input_size() {
      guest.charge(0);
      return input.length;
    },
    input_read(offset, pointer, size) {
      return readRange(guest, given, offset >>> 0, pointer, size);
    },
    output_write(pointer, size) {
      const bytes = guest.bytes(pointer, size);
      guest.charge(bytes === null ? 0 : bytes.length);
      if (bytes === null) return FAILED;
      guest.write(bytes);
      return 0;
    },
    infer(model, pointer, size, to, room) {
      const inputs = size < 0 ? null : guest.bytes(pointer, size);
      const outputs = room < 0 ? null : guest.bytes(to, room);
      const holds = inputs !== null && outputs !== null;
      guest.charge(holds ? inputs.length : 0);
      if (!holds || inputs.length > infer.BYTES_MAX) return FAILED;
      const answer = infer(model, guest.fuelLeft, room, inputs);
      guest.take(answer.fuel);
      if (answer.status !== 0) return -answer.status;
      outputs.set(answer.outputs);
      return answer.outputs.length;
    },
    log(pointer, size) {
      const bytes = guest.bytes(pointer, size);
      guest.charge(bytes === null ? 0 : bytes.length);
      if (bytes === null) return FAILED;
      log(bytes);
      log(NEWLINE); // One call is one line, as standard error makes its own.
      return 0;
    },
  };
};
