// What an explorer does before it calls a contract verified: compiles it from the committed sources that it names, and no
// others, and compares the bytes with the committed artifact.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import solc from 'solc';
import { CONTRACTS, TARGET } from './artifacts.mjs';

const json = (name) => JSON.parse(readFileSync(join(TARGET, `${name}.json`), 'utf8'));

/** The names of the contracts whose sources do not give their artifact. */
export function unverifiable() {
  const all = json('sources');
  return CONTRACTS.filter((name) => {
    const { bytecode, source, sources } = json(name);
    const input = {
      language: 'Solidity',
      sources: Object.fromEntries(sources.map((path) => [path, { content: all.sources[path] }])),
      settings: { ...all.settings, outputSelection: { '*': { '*': ['evm.bytecode.object'] } } },
    };
    const output = JSON.parse(solc.compile(JSON.stringify(input)));
    return `0x${output.contracts?.[source]?.[name]?.evm.bytecode.object}` !== bytecode;
  });
}
