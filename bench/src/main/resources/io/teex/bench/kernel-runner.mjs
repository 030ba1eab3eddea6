// Runs kernels in this Node's V8, each turn in a fresh instance, and measures CPU time. usage:
// node kernel-runner.mjs TURNS FILE...   standard input: a line "INDEX" each; answers "CHECKSUM SECONDS" a line.
import fs from 'node:fs';
import readline from 'node:readline';

const [turns, ...files] = process.argv.slice(2);
const modules = files.map((file) => new WebAssembly.Module(fs.readFileSync(file)));

// The kernels' library may close and write streams, which no kernel does.
const streams = new Proxy({}, { get: () => () => 52 });

function instance(module) {
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: streams });
  if ('teex:start' in exports) {
    exports['teex:fuel'].value = 1n << 43n;
    exports['teex:start']();
  }
  exports._start();
  return exports;
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { kernel } = instance(modules[Number(line)]);
  const before = process.cpuUsage();
  const sum = kernel(Number(turns)) >>> 0;
  const used = process.cpuUsage(before);
  console.log(`${sum} ${(used.user + used.system) / 1e6}`);
}
