'use strict';
// The executor process: one image, then its tasks, one after the other, until the pipe closes.
const { read, send, write } = require('./pipe.js');
const run = require('./run.js');
const Dataset = require('./datasets.js');

const IMAGE = 1;
const TASK = 2;
const READY = 10;
const LOADED = 11;
const DONE = 12;
const TASK_HEAD_BYTES = 64;

/** Collect garbage when this much may have piled up, since each instance reserves address space. */
const TASKS_PER_COLLECTION = 64;
const BYTES_PER_COLLECTION = 64 << 20;

function readTask() {
  const head = read(TASK_HEAD_BYTES);
  const sizes = read(8 * head.readUInt32BE(60));
  return {
    fuelLimit: head.readBigUInt64BE(0),
    memoryPages: head.readUInt32BE(8),
    outputBytesMax: head.readUInt32BE(12),
    hostCallCost: head.readUInt32BE(16),
    eightBytesCost: head.readUInt32BE(20),
    seed: head.subarray(24, 56),
    input: read(head.readUInt32BE(56)),
    datasets: Array.from(
      { length: sizes.length / 8 },
      (_, i) => new Dataset(i, Number(sizes.readBigUInt64BE(8 * i))),
    ),
  };
}

function report(result) {
  const head = Buffer.alloc(25);
  head.writeUInt8(result.outcome, 0);
  head.writeUInt32BE(result.detail, 1);
  head.writeBigUInt64BE(result.fuelUsed, 5);
  head.writeBigUInt64BE(BigInt(result.memoryBytes), 13);
  head.writeUInt32BE(result.output.length, 21);
  send(DONE, head);
  write(result.output);
}

send(READY, Buffer.from(`v8-${process.versions.v8.split('-')[0]}/node-${process.versions.node}`));
let module_ = null;
let tasks = 0;
let bytes = 0;
for (;;) {
  const kind = read(1).readUInt8(0);
  if (kind === IMAGE && module_ === null) {
    module_ = new WebAssembly.Module(read(read(4).readUInt32BE(0)));
    send(LOADED, Buffer.alloc(0));
  } else if (kind === TASK && module_ !== null) {
    const task = readTask();
    const result = run(module_, task);
    report(result);
    tasks += 1;
    bytes += result.memoryBytes + task.input.length;
    if (tasks >= TASKS_PER_COLLECTION || bytes >= BYTES_PER_COLLECTION) {
      global.gc(); // Behind the answer, where nobody waits for it.
      tasks = 0;
      bytes = 0;
    }
  } else {
    process.exit(1);
  }
}
