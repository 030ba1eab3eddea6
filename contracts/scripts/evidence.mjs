// Genuine quotes for the tests, which are kept outside of the repository: lays them where forge may read them, in
// cache/evidence, out of the directory that TEEX_VECTORS names (by default ../shared/attestation-vectors beside the
// repository), with a list of what there is. Without it that directory is removed, and the tests that want it say that
// they were skipped.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './forge.mjs';

const KINDS = ['sgx', 'tdx', 'tdx-v5'];
const FILES = /^(quote\.bin|expected\.json|collateral(-\d+)?\.json)$/;
const TARGET = join(root, 'cache/evidence');

/** Whether there is evidence now. */
export function provideEvidence() {
  const source = process.env.TEEX_VECTORS || join(root, '../../shared/attestation-vectors');
  rmSync(TARGET, { recursive: true, force: true });
  if (!existsSync(source)) return false;
  mkdirSync(TARGET, { recursive: true });
  const kinds = KINDS.filter((kind) => existsSync(join(source, kind)));
  const filter = (path) => FILES.test(basename(path)) || !basename(path).includes('.');
  for (const kind of kinds) cpSync(join(source, kind), join(TARGET, kind), { recursive: true, filter });
  const cases = kinds.flatMap((kind) => readdirSync(join(TARGET, kind)).map((name) => `${kind}/${name}`));
  writeFileSync(join(TARGET, 'cases.json'), JSON.stringify({ cases }));
  return true;
}

if (import.meta.filename === process.argv[1]) {
  console.log(provideEvidence() ? 'Genuine evidence is in cache/evidence.' : 'There is no genuine evidence: set TEEX_VECTORS.');
}
