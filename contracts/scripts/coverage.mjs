// What forge's tests cover of src/: prints the table and fails unless every line and branch is covered. The gas figures
// and the random histories are left out: instrumented code costs other gas, and chance is no coverage.
import { provideEvidence } from './evidence.mjs';
import { forge } from './forge.mjs';

if (!provideEvidence()) {
  console.log('There is no genuine evidence (TEEX_VECTORS): what only it reaches counts as not covered.');
}

const { status, stdout } = forge(
  ['coverage', '--no-match-contract', 'Gas|Invariant', '--no-match-coverage', 'test/', '--report', 'summary'],
);
// | src/Court.sol | 100.00% (lines) | 100.00% (statements) | 100.00% (branches) | 100.00% (functions) |
const rows = stdout
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, file]) => file?.startsWith('src/'));
const lacking = rows.filter(([, , lines, , branches]) => !covered(lines) || !covered(branches));

for (const [, file, lines, , branches] of lacking) console.log(`NOT COVERED ${file}: lines ${lines}, branches ${branches}`);
if (rows.length === 0) console.log('forge printed no coverage of src/: see above.');
else if (lacking.length === 0) console.log(`Every line and branch of the ${rows.length} files is covered.`);
process.exitCode = status === 0 && rows.length > 0 && lacking.length === 0 ? 0 : 1;

/** Of `100.00% (12/12)`: the counts, since a rounded percentage hides one line in twenty thousand. */
function covered(cell) {
  const [, hit, all] = /\((\d+)\/(\d+)\)/.exec(cell) ?? [];
  return all !== undefined && hit === all;
}
