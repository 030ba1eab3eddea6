'use strict';
// Replays the scripts of the WebAssembly core test suite on this Node's V8: each module as it is,
// and as the instrumenter wrote it, and compares. Prints one "name value" a line and one "FAILED"
// line for each difference. usage: node core-suite.js SUITE-DIRECTORY INSTRUMENTED-DIRECTORY
const fs = require('node:fs');
const path = require('node:path');
const vectorCall = require('./vector-call.js');

const [, , suite, instrumented] = process.argv;
const counts = { compared: 0, accepted: 0, refused: 0, refusedInvalid: 0, vectors: 0, canonical: 0, skipped: 0 };
const failures = [];

const scratch = new DataView(new ArrayBuffer(8));

function toJs({ type, value }) {
  switch (type) {
    case 'i32':
      return Number(value) | 0;
    case 'i64':
      return BigInt.asIntN(64, BigInt(value));
    case 'f32':
      if (value.startsWith('nan')) return NaN;
      scratch.setUint32(0, Number(value));
      return scratch.getFloat32(0);
    case 'f64':
      if (value.startsWith('nan')) return NaN;
      scratch.setBigUint64(0, BigInt(value));
      return scratch.getFloat64(0);
    case 'externref':
      return value === 'null' ? null : Number(value);
    case 'funcref':
      return null;
    default:
      throw new Error(`a ${type} cannot be a JavaScript value`);
  }
}

const spectest = {
  print() {},
  print_i32() {},
  print_i64() {},
  print_f32() {},
  print_f64() {},
  print_i32_f32() {},
  print_f64_f64() {},
};

function plainInstance(file) {
  const module = new WebAssembly.Module(fs.readFileSync(path.join(suite, file)));
  return new WebAssembly.Instance(module, imports).exports;
}

function meteredInstance(file) {
  const module = new WebAssembly.Module(fs.readFileSync(path.join(instrumented, file)));
  const { exports } = new WebAssembly.Instance(module, imports);
  refuel(exports);
  exports['teex:start']();
  return exports;
}

// Each action stands for itself: what a trap left behind in the meters is not the next one's.
function refuel(exports) {
  exports['teex:fuel'].value = 1n << 60n;
  exports['teex:stack'].value = 8 << 20;
}

const imports = { spectest, a: Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`ef${i}`, () => i])) };

/** How to do an action on an instance: as JavaScript can, or through a module of its own. */
function callOf({ action, expected }) {
  if (action.type === 'get') return (field) => field.value;
  if (!isVector(action.args) && !isVector(expected)) return (field) => field(...action.args.map(toJs));
  counts.vectors += 1;
  return vectorCall(action.args, expected ?? []);
}

const isVector = (values) => (values ?? []).some((each) => each.type === 'v128');

/** What an action did: its value, or that it trapped. */
function perform(exports, action, call) {
  try {
    return { value: call(exports[action.field]) };
  } catch (error) {
    return { error };
  }
}

function text(result) {
  if ('error' in result) return 'trap';
  const values = Array.isArray(result.value) ? result.value : [result.value];
  return values
    .map((each) => (typeof each === 'function' ? 'function' : Object.is(each, -0) ? '-0' : String(each)))
    .join(' ');
}

const CANONICAL = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n };
const SIGN = { f32: 0x80000000n, f64: 0x8000000000000000n };

/** The lanes of a vector, as unsigned integers. */
function lanes(value, type) {
  const bits = type === 'f32' ? 32 : 64;
  const whole = BigInt.asUintN(64, value[0]) | (BigInt.asUintN(64, value[1]) << 64n);
  return Array.from({ length: 128 / bits }, (_, i) => BigInt.asUintN(bits, whole >> BigInt(bits * i)));
}

/** Where the suite leaves open which NaN a lane is, the metered one is canonical; others are alike. */
function sameNans(plain, metered, [{ lane_type: type, value: expected }]) {
  const before = lanes(plain.value, type);
  const after = lanes(metered.value, type);
  return expected.every((lane, i) =>
    lane.startsWith('nan:') ? (after[i] | SIGN[type]) === (CANONICAL[type] | SIGN[type]) : before[i] === after[i],
  );
}

const leavesNansOpen = (expected) =>
  expected?.length === 1 && expected[0].type === 'v128' && expected[0].value?.some((lane) => lane.startsWith('nan:')) === true;

function runScript(name) {
  const { commands } = JSON.parse(fs.readFileSync(path.join(suite, name)));
  const named = new Map();
  let current = null;
  const fail = (command, why) => failures.push(`FAILED ${name}:${command.line} ${why}`);
  for (const command of commands) {
    const file = command.filename;
    const accepted = file !== undefined && fs.existsSync(path.join(instrumented, file));
    switch (command.type) {
      case 'module': {
        current = null;
        if (!accepted) {
          counts.refused += 1;
          // Modules are refused for importing from each other; for nothing else.
          const code = fs.readFileSync(path.join(instrumented, `${file}.refused`), 'utf8');
          if (code !== 'FORBIDDEN_IMPORT') fail(command, `a valid module was refused: ${code}`);
        } else {
          counts.accepted += 1;
          try {
            current = { plain: plainInstance(file), metered: meteredInstance(file) };
          } catch (error) {
            fail(command, `does not instantiate: ${error.message}`);
          }
        }
        if (command.name !== undefined) named.set(command.name, current);
        break;
      }
      case 'assert_invalid':
      case 'assert_malformed':
        if (command.module_type !== 'binary') break;
        if (accepted) fail(command, `an invalid module was accepted: ${command.text}`);
        else counts.refusedInvalid += 1;
        break;
      case 'assert_uninstantiable': {
        if (!accepted) break;
        let ended = false;
        try {
          meteredInstance(file);
        } catch (error) {
          ended = true;
        }
        if (!ended) fail(command, 'instantiates');
        counts.compared += 1;
        break;
      }
      case 'action':
      case 'assert_return':
      case 'assert_trap':
      case 'assert_exhaustion': {
        const target = command.action.module === undefined ? current : named.get(command.action.module);
        if (!target) {
          counts.skipped += 1;
          break;
        }
        const call = callOf(command);
        refuel(target.metered);
        const plain = perform(target.plain, command.action, call);
        const metered = perform(target.metered, command.action, call);
        counts.compared += 1;
        if (leavesNansOpen(command.expected) && 'value' in plain && 'value' in metered) {
          counts.canonical += 1;
          if (!sameNans(plain, metered, command.expected)) fail(command, `metered ${text(metered)} is not canonical`);
        } else if (text(plain) !== text(metered)) {
          fail(command, `plain ${text(plain)}, metered ${text(metered)} ${metered.error ?? ''}`);
        }
        break;
      }
      default: // register and assert_unlinkable are about imports between modules
    }
  }
}

for (const name of fs.readdirSync(suite).filter((each) => each.endsWith('.json')).sort()) runScript(name);
for (const [name, count] of Object.entries(counts)) console.log(`${name} ${count}`);
for (const failure of failures) console.log(failure);
