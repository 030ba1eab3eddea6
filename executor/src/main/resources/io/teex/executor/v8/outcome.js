'use strict';
// The codes of io.teex.protocol.Outcome that a process may report.
module.exports = {
  COMPLETED: 0,
  TRAP: 1,
  OUT_OF_FUEL: 2,
  OUT_OF_MEMORY: 3,
  DEPTH_EXCEEDED: 4,
  OUTPUT_TOO_LARGE: 6,
  GUEST_EXIT: 8,
  ENGINE_FAILURE: 9,
};
