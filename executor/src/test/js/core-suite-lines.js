'use strict';
// The scripts of the WebAssembly core test suite as lines for an engine that is not in this process: "module FILE",
// then for each call that needs no vectors "call EXPORT ARGUMENT... : OPEN", arguments by their bits, OPEN being 1 where
// the suite leaves open which NaN is the result. usage: node core-suite-lines.js SUITE-DIRECTORY
const fs = require('node:fs');
const path = require('node:path');

const [, , suite] = process.argv;
const NANS = { f32: String(0x7fc00000), f64: String(0x7ff8000000000000n) };
const SCALARS = ['i32', 'i64', 'f32', 'f64'];

const bits = ({ type, value }) => (value.startsWith('nan:') ? NANS[type] : value);
const isScalar = ({ type }) => SCALARS.includes(type);
const isOpen = ({ value }) => typeof value === 'string' && value.startsWith('nan:');

for (const name of fs.readdirSync(suite).filter((each) => each.endsWith('.json')).sort()) {
  const { commands } = JSON.parse(fs.readFileSync(path.join(suite, name)));
  const named = new Set();
  for (const { type, filename, action, expected = [], ...command } of commands) {
    if (type === 'module') {
      if (command.name !== undefined) named.add(command.name);
      console.log(`module ${filename}`);
    } else if (action?.type === 'invoke' && action.module === undefined) {
      if (!action.args.every(isScalar) || !expected.every(isScalar) || /[\s:]/.test(action.field) || action.field === '') continue;
      console.log(`call ${action.field} ${action.args.map((each) => `${bits(each)} `).join('')}: ${expected.some(isOpen) ? 1 : 0}`);
    }
  }
}
