// Writes (`write`) or checks (`check`) the ABI, bytecode and storage layout of each contract that the Java side deploys and
// calls, and the sources that an explorer needs to compile it again.
// Every build starts from nothing and sees the sources only, so that the bytes depend on nothing else.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forge, root } from './forge.mjs';

export const CONTRACTS = [
  'CertificateStore', 'Court', 'DataMarket', 'Demands', 'DevToken', 'EnclaveRegistry', 'ManagerAttestation', 'QuoteVerifier',
  'ServiceMarket', 'Settlement', 'Stakes', 'StateAnchor', 'TcbStore',
];
export const TARGET = join(root, '../chain/src/main/resources/io/teex/chain/contracts');

/** Name of each contract → the text of its artifact, and of `sources` → what they were compiled from; from a fresh build. */
export function buildArtifacts() {
  const fresh = mkdtempSync(join(tmpdir(), 'teex-contracts-'));
  try {
    const words = ['build', 'src', '--skip', 'test', '--force', '--extra-output', 'storageLayout', '--out', join(fresh, 'out'), '--cache-path', join(fresh, 'cache')];
    if (forge(words, { quiet: true }).status !== 0) throw new Error('the contracts do not compile');
    const built = CONTRACTS.map((name) => [name, JSON.parse(readFileSync(join(fresh, 'out', `${name}.sol`, `${name}.json`), 'utf8'))]);
    return new Map([...built.map(([name, output]) => [name, artifact(name, output)]), ['sources', sources(built)]]);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The names of the committed artifacts that are missing or not what the sources give. */
export function staleArtifacts() {
  return [...buildArtifacts()].filter(([name, text]) => read(path(name)) !== text).map(([name]) => name);
}

function artifact(name, { abi, bytecode, deployedBytecode, storageLayout, metadata }) {
  if (Object.keys(bytecode.linkReferences).length > 0) throw new Error(`${name} needs a library deployed: make its functions internal`);
  // One line for each function, event and error: a change of the interface is a readable diff.
  const entries = abi.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  const storage = variables(storageLayout).map((variable) => `    ${JSON.stringify(variable)}`).join(',\n');
  // The creation code ends in the code that it deploys, with zeros where the constructor writes immutable values.
  const code = deployedBytecode.object.slice(2);
  if (!bytecode.object.endsWith(code)) throw new Error(`the creation code of ${name} does not end in the code that it deploys`);
  const immutables = Object.values(deployedBytecode.immutableReferences ?? {}).flat().map(({ start }) => start).sort((a, b) => a - b);
  const deployed = JSON.stringify({ size: code.length / 2, immutables });
  const [source] = Object.keys(metadata.settings.compilationTarget);
  const paths = JSON.stringify(Object.keys(metadata.sources).sort());
  return `{\n  "abi": [\n${entries}\n  ],\n  "storage": [\n${storage}\n  ],\n  "source": "${source}",\n  "sources": ${paths},\n  "deployed": ${deployed},\n  "bytecode": "${bytecode.object}"\n}\n`;
}

/** The compiler, its settings, and each source that any of the contracts needs: all of a standard JSON input. */
function sources(built) {
  const [[, { metadata }]] = built;
  const { compilationTarget, ...settings } = metadata.settings;
  const paths = [...new Set(built.flatMap(([, output]) => Object.keys(output.metadata.sources)))].sort();
  const texts = paths.map((path) => `    ${JSON.stringify(path)}: ${JSON.stringify(readFileSync(join(root, path), 'utf8'))}`);
  return `{\n  "compiler": "${metadata.compiler.version}",\n  "settings": ${JSON.stringify(settings)},\n  "sources": {\n${texts.join(',\n')}\n  }\n}\n`;
}

/** Where each variable lies, with the members of the struct that it is or that its mappings end in. */
function variables({ storage, types }) {
  const end = (name) => (types[name].encoding === 'mapping' ? end(types[name].value) : types[name]);
  return storage.map(({ label, slot, type }) => ({
    name: label,
    slot: Number(slot),
    members: (end(type).members ?? []).map((member) => ({
      name: member.label,
      slot: Number(member.slot),
      offset: member.offset,
      bytes: Number(types[member.type].numberOfBytes),
    })),
  }));
}

function path(name) {
  return join(TARGET, `${name}.json`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function main(command) {
  if (command === 'write') {
    mkdirSync(TARGET, { recursive: true });
    for (const [name, text] of buildArtifacts()) writeFileSync(path(name), text);
    console.log(`Wrote ${CONTRACTS.length} artifacts and their sources.`);
  } else if (command === 'check') {
    const stale = staleArtifacts();
    if (stale.length > 0) {
      console.error(`Not what the sources give: ${stale.join(', ')}. Run npm run build and commit the result.`);
      process.exitCode = 1;
    } else {
      console.log(`${CONTRACTS.length} artifacts are what the sources give, and the sources are theirs.`);
    }
  } else {
    console.error('usage: artifacts.mjs write|check');
    process.exitCode = 2;
  }
}

if (import.meta.filename === process.argv[1]) main(process.argv[2]);
