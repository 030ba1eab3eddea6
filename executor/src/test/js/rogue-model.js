'use strict';
// Stands for an inference process that a model commands: loads it, then does what its argument says.
const fs = require('node:fs');

const [, , deed] = process.argv;

function read(size) {
  const target = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const count = fs.readSync(0, target, at, size - at, null);
    if (count === 0) process.exit(0);
    at += count;
  }
  return target;
}

function frame(kind, size, body) {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(size, 1);
  fs.writeSync(1, Buffer.concat([head, body]));
}

const DEEDS = {
  'death': () => process.exit(1),
  'long answer': () => frame(16, 0x7fffffff, Buffer.alloc(1)),
  'short answer': () => frame(16, 5, Buffer.alloc(5)),
  'other shapes': () => frame(16, 29, Buffer.alloc(29)),
  'unknown frame': () => frame(12, 29, Buffer.alloc(29)),
  'silence': () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
};

frame(10, 5, Buffer.from('rogue'));
read(read(5).readUInt32BE(1));
frame(11, 0, Buffer.alloc(0));
read(read(5).readUInt32BE(1));
DEEDS[deed]();
