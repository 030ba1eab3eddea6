'use strict';
// Runs metered modules on this Node's V8 and compares with what another engine did. Standard input:
// one "FILE FUEL-LIMIT ARGUMENT ARGUMENT VALUE FUEL-USED REASON" a line, VALUE being "trap" for a trap.
const fs = require('node:fs');

let same = 0;
for (const line of fs.readFileSync(0, 'utf8').split('\n').filter((each) => each !== '')) {
  const [file, limit, first, second, value, fuel, reason] = line.split(' ');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(file)));
  exports['teex:fuel'].value = 1n << 62n;
  exports['teex:start']();
  exports['teex:fuel'].value = BigInt(limit);
  let seen;
  try {
    seen = String(exports.run(Number(first), Number(second)) >>> 0);
  } catch (error) {
    seen = 'trap';
  }
  const used = String(BigInt(limit) - exports['teex:fuel'].value);
  const why = String(exports['teex:reason'].value);
  if (seen === value && used === fuel && why === reason) same += 1;
  else console.log(`FAILED ${line}: V8 says ${seen} ${used} ${why}`);
}
console.log(`same ${same}`);
