// Seeds one fault at a time into a copy of the contracts and runs the fast suites on it: each must be caught. Ends with
// one line `N caught, N survived`. Takes long, so it is run by hand: `npm run mutants`, or `npm run mutants -- Stakes`
// for the faults whose file or text has that word.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULTS } from './faults.mjs';
import { root } from './forge.mjs';

const wanted = process.argv[2] ?? '';
const faults = FAULTS.filter((fault) => fault.join(' ').includes(wanted));
const place = mkdtempSync(join(tmpdir(), 'teex-mutants-'));
const copy = join(place, 'contracts');
mkdirSync(copy);
for (const name of ['src', 'test', 'foundry.toml', 'solc.js', 'package.json']) cpSync(join(root, name), join(copy, name), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
mkdirSync(join(copy, 'snapshots'));
// A fault may leave a variable unused.
const settings = join(copy, 'foundry.toml');
writeFileSync(settings, readFileSync(settings, 'utf8').replace('deny = "warnings"', 'deny = "never"'));
const vectors = 'protocol/src/test/resources/vectors';
cpSync(join(root, '..', vectors), join(place, vectors), { recursive: true });

/** Whether forge's fast tests pass on the copy; the names of those that failed. */
function test() {
  // Tests are linked when they run, so that a fault in a contract does not compile all of them anew.
  const words = ['test', '--dynamic-test-linking', '--no-match-contract', 'Gas|Invariant', '--fuzz-runs', '24', '--fuzz-seed', '0x1', '--optimize', 'false'];
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/forge', words, { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 });
  const output = stdout + stderr;
  if (!/tests? passed/.test(output)) throw new Error(`the copy does not compile:\n${output.slice(-2000)}`);
  return { passed: status === 0, failed: new Set([...output.matchAll(/^\[FAIL[^\n]*\] (\w+)\(/gm)].map((match) => match[1])) };
}

let caught = 0;
const survivors = [];
try {
  if (!test().passed) throw new Error('the tests fail without any fault');
  for (const [file, from, to] of faults) {
    const path = join(copy, 'src', file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
    writeFileSync(path, text.replace(from, () => to));
    const { passed, failed } = test();
    writeFileSync(path, text);
    if (passed) survivors.push([file, from, to]);
    else caught++;
    const line = `${file}: ${from} → ${to || '(nothing)'}`.replaceAll(/\s+/g, ' ');
    console.log(passed ? `SURVIVED ${line}` : `caught   ${line} by ${failed.size}: ${[...failed].slice(0, 2).join(', ')}`);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`${caught} caught, ${survivors.length} survived`);
process.exitCode = survivors.length === 0 && caught > 0 ? 0 : 1;
