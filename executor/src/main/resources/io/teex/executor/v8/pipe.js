'use strict';
// The only way in and out: frames over the inherited standard input and output, big-endian.
// Blocking on purpose: the process does one thing at a time and has no event loop to keep alive.
const fs = require('node:fs');

const STDIN = 0;
const STDOUT = 1;

/** Fills `target`; ends the process when the worker closes the pipe. */
function readInto(target) {
  let at = 0;
  while (at < target.length) {
    const count = fs.readSync(STDIN, target, at, target.length - at, null);
    if (count === 0) process.exit(0);
    at += count;
  }
  return target;
}

// Slow buffers are not carved out of Node's shared pool, so no task's bytes lie beside another's.
const read = (size) => readInto(Buffer.allocUnsafeSlow(size));

function write(bytes) {
  let at = 0;
  while (at < bytes.length) at += fs.writeSync(STDOUT, bytes, at, bytes.length - at);
}

/** A frame: one byte of kind, the size of what follows, what follows. */
function send(kind, body) {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(body.length, 1);
  write(body.length === 0 ? head : Buffer.concat([head, body]));
}

module.exports = { read, readInto, write, send };
