#!/usr/bin/env node
// The command line that forge expects of a compiler, in front of the npm package solc: nothing is downloaded.
// Understands `--version` and `--standard-json` (input on standard input) with `--base-path` and `--include-path`.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import solc from 'solc';

const words = process.argv.slice(2);
const values = (option) => words.flatMap((word, at) => (word === option ? [words[at + 1]] : []));

if (words.includes('--version')) {
  // forge picks the version out of this line and knows the names of native platforms only.
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace('Emscripten.clang', 'Linux.g++')}`);
} else if (words.includes('--standard-json')) {
  const roots = [values('--base-path')[0] ?? process.cwd(), ...values('--include-path')];
  const find = (path) => {
    const file = roots.map((root) => resolve(root, path)).find(existsSync);
    return file ? { contents: readFileSync(file, 'utf8') } : { error: `${path} is in none of ${roots.join(', ')}` };
  };
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: find }));
} else {
  console.error(`solc.js: expected --version or --standard-json, got: ${words.join(' ')}`);
  process.exitCode = 1;
}
