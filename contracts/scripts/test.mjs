// Runs everything that this module promises: forge's tests, the gas figures in snapshots/ (unchanged; `--write-gas`
// writes them anew), the typed-data vectors and the committed artifacts. Ends with one line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { staleArtifacts } from './artifacts.mjs';
import { provideEvidence } from './evidence.mjs';
import { forge, root } from './forge.mjs';
import { unverifiable } from './verification.mjs';

const writeGas = process.argv.includes('--write-gas');
let passed = 0;
let failed = 0;

function check(what, holds, advice) {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}${holds ? '' : `: ${advice}`}`);
  if (holds) passed++;
  else failed++;
}

const vectors = spawnSync(process.execPath, ['test/vectors.mjs', 'check'], { cwd: root, stdio: 'inherit' });
check('test/vectors.json is what viem makes of the examples', vectors.status === 0, 'run npm run vectors and look at the difference');

check('the sources are formatted', forge(['fmt', '--check'], { quiet: true }).status === 0, 'run npm run format');

if (!provideEvidence()) console.log('There is no genuine evidence (TEEX_VECTORS): the tests that need it are skipped.');

const snapshots = join(root, 'snapshots');
const figures = () => readdirSync(snapshots).sort().map((name) => readFileSync(join(snapshots, name), 'utf8')).join('');
const figuresBefore = figures();
const { status, stdout } = forge(['test'], { env: { FORGE_SNAPSHOT_CHECK: String(!writeGas) } });
const summary = /(\d+) tests? passed, (\d+) failed, \d+ skipped/.exec(stdout.split('\n').findLast((line) => line.startsWith('Ran ')) ?? '');
if (summary) {
  passed += Number(summary[1]);
  failed += Number(summary[2]);
}
// forge ends badly without a failed test when the sources do not compile or a figure moved, and adds a missing figure.
check('forge ran its tests', status === 0 && summary !== null, 'see above');
check('gas is what snapshots/ says', writeGas || figuresBefore === figures(), 'figures were missing: look at them and commit');

const stale = staleArtifacts();
check('the committed artifacts are what the sources give', stale.length === 0, `run npm run build for ${stale.join(', ')}`);

const unknown = unverifiable();
check('each contract compiles to its artifact from the sources that it names', unknown.length === 0, unknown.join(', '));

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && summary && Number(summary[1]) > 0 ? 0 : 1;
