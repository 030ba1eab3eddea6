'use strict';
// Data sets by range: the worker has them and answers one question at a time. Small reads are served
// from the block around them, so that a guest that walks through records does not ask for each.
const { read, readInto, send } = require('./pipe.js');

const READ = 13;
const RANGE = 3;
const BLOCK_BYTES = 1 << 16;
const RANGE_BYTES_MAX = 1 << 20;

/** Fills `target` with the bytes from `offset` on. */
function fetch(index, offset, target) {
  const question = Buffer.alloc(16);
  question.writeUInt32BE(index, 0);
  question.writeBigUInt64BE(BigInt(offset), 4);
  question.writeUInt32BE(target.length, 12);
  send(READ, question);
  const head = read(5);
  if (head.readUInt8(0) !== RANGE || head.readUInt32BE(1) !== target.length) process.exit(1);
  readInto(target);
}

class Dataset {
  #index;
  #block = new Uint8Array(0);
  #blockAt = 0;

  constructor(index, size) {
    this.#index = index;
    this.length = size;
  }

  /** Fills `target`, all of which lies inside, from `offset` on. */
  copyTo(target, offset) {
    for (let at = 0; at < target.length; ) {
      const rest = target.subarray(at);
      at += rest.length >= BLOCK_BYTES ? this.#fetchTo(rest, offset + at) : this.#copyBlockTo(rest, offset + at);
    }
  }

  #fetchTo(target, offset) {
    const range = target.subarray(0, RANGE_BYTES_MAX);
    fetch(this.#index, offset, range);
    return range.length;
  }

  #copyBlockTo(target, offset) {
    if (offset < this.#blockAt || offset >= this.#blockAt + this.#block.length) {
      this.#blockAt = offset - (offset % BLOCK_BYTES);
      this.#block = new Uint8Array(Math.min(BLOCK_BYTES, this.length - this.#blockAt));
      fetch(this.#index, this.#blockAt, this.#block);
    }
    const from = offset - this.#blockAt;
    const part = this.#block.subarray(from, from + target.length);
    target.set(part);
    return part.length;
  }
}

module.exports = Dataset;
