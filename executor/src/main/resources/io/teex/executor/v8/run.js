'use strict';
// Runs one task in a fresh instance and says how it ended.
const Outcome = require('./outcome.js');
const argumentsOf = require('./arguments.js');
const { Guest, Ending } = require('./guest.js');
const teex = require('./teex.js');
const wasi = require('./wasi.js');

/** By io.teex.executor.instrument.Meters: why a meter ended the task. */
const OUTCOME_OF_REASON = [
  Outcome.TRAP,
  Outcome.OUT_OF_FUEL,
  Outcome.DEPTH_EXCEEDED,
  Outcome.OUT_OF_MEMORY,
  Outcome.ENGINE_FAILURE,
];

/** By io.teex.executor.Trap: engines word the same trap differently. */
const TRAPS = [
  [1, /unreachable/],
  [2, /memory access out of bounds|data segment|memory.*out of bounds/],
  [3, /divide by zero|remainder by zero/],
  [4, /divide result unrepresentable/],
  [5, /float unrepresentable/],
  [7, /table index|table.*out of bounds|element segment/],
  [6, /signature mismatch|null function|indirect call/],
];

function trapOf(error) {
  const found = TRAPS.find(([, pattern]) => pattern.test(error.message));
  return found === undefined ? 0 : found[0];
}

function endingOf(error, guest) {
  if (error instanceof Ending) return error;
  if (error instanceof WebAssembly.RuntimeError) {
    const outcome = OUTCOME_OF_REASON[guest.reason] ?? Outcome.ENGINE_FAILURE;
    return new Ending(outcome, outcome === Outcome.TRAP ? trapOf(error) : 0);
  }
  // The call stack is metered well below the engine's, so this is a second line of defence.
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new Ending(Outcome.DEPTH_EXCEEDED, 0);
  }
  return new Ending(Outcome.ENGINE_FAILURE, 0);
}

/** → {outcome, detail, fuelUsed (BigInt), memoryBytes, output} */
module.exports = function run(module, task) {
  const guest = new Guest(task);
  let ending = new Ending(Outcome.COMPLETED, 0);
  try {
    const imports = { wasi_snapshot_preview1: wasi(guest, argumentsOf(module)), teex: teex(guest) };
    const { exports } = new WebAssembly.Instance(module, imports);
    guest.attach(exports);
    exports['teex:fuel'].value = task.fuelLimit;
    exports['teex:pages'].value = BigInt(task.memoryPages);
    exports['teex:start']();
    exports._start();
  } catch (error) {
    ending = endingOf(error, guest);
  }
  // Blocks are charged without a check between two checks, so the end is one more check.
  if (guest.fuelLeft < 0n && ending.outcome !== Outcome.ENGINE_FAILURE) {
    ending = new Ending(Outcome.OUT_OF_FUEL, 0);
  }
  const left = guest.fuelLeft < 0n ? 0n : guest.fuelLeft;
  return {
    outcome: ending.outcome,
    detail: ending.detail,
    fuelUsed: ending.outcome === Outcome.OUT_OF_FUEL ? task.fuelLimit : task.fuelLimit - left,
    memoryBytes: guest.memoryBytes,
    output: ending.outcome === Outcome.COMPLETED ? guest.output : Buffer.alloc(0),
  };
};
