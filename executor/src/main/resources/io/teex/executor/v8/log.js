'use strict';
// What a service says to its author: shown where it is developed, dropped everywhere else, since it would carry users'
// input to whoever reads it. It is charged for by the caller either way, so that a run does not depend on it.
const { send } = require('./pipe.js');

const LOG = 14;
const LOG_BYTES_MAX = 1 << 16;
const SHOWN = process.argv.includes('--show-log');

module.exports = function log(bytes) {
  if (!SHOWN || bytes.length === 0) return;
  for (let at = 0; at < bytes.length; at += LOG_BYTES_MAX) send(LOG, bytes.subarray(at, at + LOG_BYTES_MAX));
};
