'use strict';
// The names of the functions that guests on V8 can import, one "MODULE.NAME" a line; the argument is
// the directory of the executor's scripts.
const path = require('node:path');

const guest = { task: { input: Buffer.alloc(0), seed: Buffer.alloc(32), datasets: [] } };
for (const [name, script] of [['wasi_snapshot_preview1', 'wasi.js'], ['teex', 'teex.js']]) {
  const functions = require(path.resolve(process.argv[2], script))(guest);
  for (const each of Object.keys(functions)) console.log(`${name}.${each}`);
}
