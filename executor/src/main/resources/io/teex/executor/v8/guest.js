'use strict';
// What one task sees and leaves: its memory, its meters, its input, data sets and output.
const Outcome = require('./outcome.js');

/** Thrown through the guest to end it; a guest cannot catch it. */
class Ending {
  constructor(outcome, detail) {
    this.outcome = outcome;
    this.detail = detail;
  }
}

class Guest {
  #memory = null;
  #view = new DataView(new ArrayBuffer(0));
  #bytes = new Uint8Array(0);
  #fuel = null;
  #reason = null;
  #output = Buffer.allocUnsafeSlow(1024);

  constructor(task) {
    this.task = task;
    this.outputSize = 0;
  }

  attach(exports) {
    this.#memory = exports['teex:memory'] ?? null;
    this.#fuel = exports['teex:fuel'];
    this.#reason = exports['teex:reason'];
  }

  /** Charges for one host call that moves `bytes` bytes. */
  charge(bytes) {
    const { hostCallCost, eightBytesCost } = this.task;
    this.take(BigInt(hostCallCost + Math.floor((bytes + 7) / 8) * eightBytesCost));
  }

  /** Takes fuel for what the host did. */
  take(cost) {
    const left = this.#fuel.value - cost;
    this.#fuel.value = left;
    if (left < 0n) {
      this.#reason.value = 1;
      throw new Ending(Outcome.OUT_OF_FUEL, 0);
    }
  }

  #refresh() {
    if (this.#memory !== null && this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
  }

  /** The guest's bytes, or null if they do not lie in its memory. Arguments as WebAssembly gives them. */
  bytes(pointer, size) {
    this.#refresh();
    const from = pointer >>> 0;
    const to = from + (size >>> 0);
    return to <= this.#bytes.length ? this.#bytes.subarray(from, to) : null;
  }

  /** A view of the guest's bytes, or null likewise. */
  view(pointer, size) {
    this.#refresh();
    const from = pointer >>> 0;
    return from + size <= this.#bytes.length
      ? new DataView(this.#bytes.buffer, from, size)
      : null;
  }

  get memoryBytes() {
    return this.#memory === null ? 0 : this.#memory.buffer.byteLength;
  }

  get fuelLeft() {
    return this.#fuel === null ? this.task.fuelLimit : this.#fuel.value;
  }

  get reason() {
    return this.#reason === null ? 0 : this.#reason.value;
  }

  get output() {
    return this.#output.subarray(0, this.outputSize);
  }

  write(bytes) {
    const size = this.outputSize + bytes.length;
    if (size > this.task.outputBytesMax) throw new Ending(Outcome.OUTPUT_TOO_LARGE, 0);
    if (size > this.#output.length) {
      const room = Math.min(this.task.outputBytesMax, Math.max(size, 2 * this.#output.length));
      const larger = Buffer.allocUnsafeSlow(room);
      larger.set(this.output);
      this.#output = larger;
    }
    this.#output.set(bytes, this.outputSize);
    this.outputSize = size;
  }
}

module.exports = { Guest, Ending };
