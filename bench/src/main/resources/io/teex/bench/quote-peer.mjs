// Verifies one TDX quote again and again with @phala/dcap-qvl-web, and prints each run's microseconds.
// Arguments: quote, collateral (JSON), time (seconds since the epoch), runs to warm up, runs to count.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [quoteFile, collateralFile, time, warmUp, count] = process.argv.slice(2);
const require = createRequire(process.cwd() + '/');
const peer = await import(pathToFileURL(require.resolve('@phala/dcap-qvl-web')));
peer.initSync({ module: readFileSync(require.resolve('@phala/dcap-qvl-web/dcap-qvl-web_bg.wasm')) });

const quote = readFileSync(quoteFile);
const collateral = JSON.parse(readFileSync(collateralFile, 'utf8'));
const verify = () => peer.js_verify(quote, collateral, BigInt(time));

const { status } = verify();
for (let i = 1; i < Number(warmUp); i++) verify();
const micros = [];
for (let i = 0; i < Number(count); i++) {
  const start = process.hrtime.bigint();
  verify();
  micros.push(Number(process.hrtime.bigint() - start) / 1e3);
}
console.log(JSON.stringify({ status, micros }));
