'use strict';
// Stands for an executor process that a guest commands: speaks the pipe's language well enough to be
// given a task, then does what its argument says.
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

function framed(kind, size, body = Buffer.alloc(0)) {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(size, 1);
  return Buffer.concat([head, body]);
}

function frame(kind, size, body) {
  const all = framed(kind, size, body);
  for (let at = 0; at < all.length; ) at += fs.writeSync(1, all, at);
}

function answer(outcome, output, fuel = 1n, claimed = output.length) {
  const head = Buffer.alloc(25);
  head.writeUInt8(outcome, 0);
  head.writeBigUInt64BE(fuel, 5);
  head.writeUInt32BE(claimed, 21);
  return framed(12, 25, Buffer.concat([head, output]));
}

function done(...facts) {
  const all = answer(...facts);
  for (let at = 0; at < all.length; ) at += fs.writeSync(1, all, at);
}

function readTask() {
  const head = read(64);
  const datasets = head.readUInt32BE(60);
  read(8 * datasets);
  return read(head.readUInt32BE(56));
}

function question(index, offset, length) {
  const body = Buffer.alloc(16);
  body.writeUInt32BE(index, 0);
  body.writeBigInt64BE(offset, 4);
  body.writeUInt32BE(length, 12);
  frame(13, 16, body);
}

const DEEDS = {
  'honest': (input) => done(0, input),
  'long frame': () => frame(12, 0xffffffff),
  'long output': () => done(0, Buffer.alloc(0), 1n, 0x7fffffff),
  'more output than allowed': (input) => done(0, Buffer.alloc(1 << 21)),
  'more fuel than given': (input) => done(0, input, 1n << 62n),
  'unknown outcome': (input) => done(200, input),
  'outcome of the worker': (input) => done(5, Buffer.alloc(0)),
  'unknown frame': () => frame(77, 0),
  'loaded again': () => frame(11, 0),
  'data of another task': () => question(1, 0n, 1),
  'data beyond the end': () => question(0, 1n << 40n, 1),
  'data before the beginning': () => question(0, -1n, 1),
  'endless data': () => {
    for (;;) {
      question(0, 0n, 1);
      read(6);
    }
  },
  'silence': () => read(1),
  'half a frame': () => {
    fs.writeSync(1, Buffer.from([12, 0]));
    read(1);
  },
  'death': () => process.exit(0),
  'crash': () => process.abort(),
  'flood': () => {
    const block = Buffer.alloc(1 << 20, 12);
    for (;;) fs.writeSync(1, block);
  },
  'memory': () => {
    const kept = [];
    for (;;) kept.push(Buffer.alloc(16 << 20, 1));
  },
  'threads': () => {
    const { Worker } = require('node:worker_threads');
    for (let i = 0; i < 4000; i++) new Worker('for (;;) {}', { eval: true }).on('error', () => {});
  },
  'spin': () => {
    for (;;);
  },
  'descriptors': () => {
    for (;;) fs.openSync(__filename);
  },
  // Answers before it is asked, for the task that comes next.
  'answer ahead': (input) => {
    const ahead = [answer(0, input), answer(0, Buffer.from('ahead'))];
    fs.writeSync(1, Buffer.concat(ahead));
  },
};

frame(10, 5, Buffer.from('rogue'));
let seen = '';
for (;;) {
  const kind = read(1).readUInt8(0);
  if (kind === 1) {
    read(read(4).readUInt32BE(0));
    if (deed === 'never compiles') read(1);
    frame(11, 0);
  } else {
    const input = readTask();
    seen += input;
    if (deed === 'memory of earlier tasks') done(0, Buffer.from(seen));
    else DEEDS[deed](input);
  }
}
