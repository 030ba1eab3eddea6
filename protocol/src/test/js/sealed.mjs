// The sealed formats, opened by browsers too: made here with WebCrypto and an HPKE that shares no code with ours.
import { webcrypto } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { concat, keccak256, toBytes, toHex } from 'viem'

const { subtle } = webcrypto
const CHUNK_BYTES = 64 * 1024

const bytes = (label, size) => {
  const out = new Uint8Array(size)
  for (let at = 0, i = 0; at < size; at += 32, i++) out.set(toBytes(keccak256(toHex(`${label} ${i}`))).slice(0, size - at), at)
  return out
}

async function container(key, salt, content) {
  const header = toBytes(concat([toHex('TEEX'), '0x01', toHex(CHUNK_BYTES, { size: 4 }), toHex(salt)]))
  const material = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits'])
  const derive = async (purpose, size) =>
    new Uint8Array(
      await subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt, info: toBytes(concat([toHex(purpose), toHex(header)])) },
        material,
        size * 8,
      ),
    )
  const aes = await subtle.importKey('raw', await derive('TEEX sealed content', 32), 'AES-GCM', false, ['encrypt'])
  const prefix = await derive('TEEX sealed nonce', 7)
  const chunks = Math.max(1, Math.ceil(content.length / CHUNK_BYTES))
  const parts = [toHex(header)]
  for (let i = 0; i < chunks; i++) {
    const iv = toBytes(concat([toHex(prefix), toHex(i, { size: 4 }), i === chunks - 1 ? '0x01' : '0x00']))
    const chunk = content.slice(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)
    parts.push(toHex(new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: header }, aes, chunk))))
  }
  return concat(parts)
}

// One request and its answer, as RFC 9458 does it, with labels of ours.
async function call(suite, receiver, raw) {
  const path = '/call/teex.Worker/Execute'
  const ephemeral = await suite.kem.deriveKeyPair(bytes('call ephemeral', 32))
  const request = bytes('call request', 100)
  const answer = bytes('call answer', 50)
  const nonce = bytes('call nonce', 32)
  const ascii = (text) => new TextEncoder().encode(text)
  const sender = await suite.createSenderContext({
    recipientPublicKey: receiver.publicKey,
    info: ascii('TEEX sealed call 1'),
    ekm: ephemeral,
  })
  const enc = new Uint8Array(sender.enc)
  const sealed = concat([toHex(enc), toHex(new Uint8Array(await sender.seal(request, ascii(path))))])
  const secret = await sender.export(ascii('TEEX sealed answer 1'), 32)
  const material = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const derive = async (info, size) =>
    new Uint8Array(
      await subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: toBytes(concat([toHex(enc), toHex(nonce)])), info: ascii(info) },
        material,
        size * 8,
      ),
    )
  const aes = await subtle.importKey('raw', await derive('key', 32), 'AES-GCM', false, ['encrypt'])
  const iv = await derive('nonce', 12)
  return {
    path,
    ephemeralPrivateKey: await raw(await suite.kem.serializePrivateKey(ephemeral.privateKey)),
    request: toHex(request),
    sealedRequest: sealed,
    exported: await raw(secret),
    answer: toHex(answer),
    nonce: toHex(nonce),
    sealedAnswer: concat([toHex(nonce), toHex(new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, aes, answer)))]),
  }
}

const sha256 = async (data) => toHex(new Uint8Array(await subtle.digest('SHA-256', data)))

// A data set in chunks under a key tree: docs/sealed-data.md.
async function dataset(key, salt, size, chunkBytes, ranges) {
  const content = bytes(`data of ${size}`, size)
  const chunks = Math.ceil(size / chunkBytes)
  const depth = Math.ceil(Math.log2(chunks))
  const header = toBytes(
    concat([toHex('TEEXDATA'), '0x01', toHex(chunkBytes, { size: 4 }), toHex(size, { size: 8 }), toHex(salt)]),
  )
  const material = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits'])
  const info = toBytes(concat([toHex('TEEX data tree 1'), toHex(header)]))
  const root = new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, material, 256))
  const step = async (node, label) => {
    const mac = await subtle.importKey('raw', node, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await subtle.sign('HMAC', mac, new Uint8Array([label])))
  }
  const node = async (level, position) => {
    let at = root
    for (let l = level - 1; l >= 0; l--) at = await step(at, (position >> l) & 1)
    return at
  }
  const sealedChunks = []
  for (let i = 0; i < chunks; i++) {
    const leaf = await node(depth, i)
    const aes = await subtle.importKey('raw', await step(leaf, 2), 'AES-GCM', false, ['encrypt'])
    const plain = content.slice(i * chunkBytes, (i + 1) * chunkBytes)
    const ciphertext = await subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, aes, plain)
    sealedChunks.push(concat([toHex(await step(leaf, 3)), toHex(new Uint8Array(ciphertext))]))
  }
  const index = concat([toHex(header), ...(await Promise.all(sealedChunks.map((chunk) => sha256(toBytes(chunk)))))])
  const views = []
  for (const [from, to] of ranges) {
    const bounds = concat([toHex(from, { size: 4 }), toHex(to, { size: 4 })])
    const keys = []
    // From the left, the largest node that begins here and ends within the range; behind the last chunk is nothing.
    const end = to === chunks ? 2 ** depth : to
    for (let at = from; at < end; ) {
      let below = 0
      while (at % 2 ** (below + 1) === 0 && at + 2 ** (below + 1) <= end && below < depth) below++
      keys.push(toHex(await node(depth - below, at / 2 ** below)))
      at += 2 ** below
    }
    views.push({
      from,
      to,
      keys: concat([bounds, ...keys]),
      digest: await sha256(toBytes(concat([toHex('TEEX-data-2'), bounds, index]))),
    })
  }
  return { size, chunkBytes, index, last: sealedChunks.at(-1), chunksSha256: await sha256(toBytes(concat(sealedChunks))), views }
}

export async function sealed() {
  const key = bytes('content key', 32)
  const salt = bytes('container salt', 32)
  const containers = []
  for (const size of [0, 1, 100, CHUNK_BYTES, CHUNK_BYTES + 1]) {
    const made = await container(key, salt, bytes(`content of ${size}`, size))
    // Long ones by their hash, to keep the file small.
    containers.push({ size, sha256: await sha256(toBytes(made)), ...(size <= 100 ? { container: made } : {}) })
  }

  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
  const receiver = await suite.kem.deriveKeyPair(bytes('receiver', 32))
  const ephemeral = await suite.kem.deriveKeyPair(bytes('ephemeral', 32))
  const raw = async (which) => toHex(new Uint8Array(which))
  const info = bytes('info', 20)
  const aad = bytes('aad', 60)
  const plaintext = bytes('plaintext', 32)
  const sender = await suite.createSenderContext({ recipientPublicKey: receiver.publicKey, info, ekm: ephemeral })
  const ciphertext = await sender.seal(plaintext, aad)

  const commitments = []
  for (const kind of ['input', 'output', 'image', 'seed']) {
    const content = bytes(`${kind} content`, 50)
    commitments.push({
      kind,
      salt: toHex(salt),
      content: toHex(content),
      commitment: await sha256(toBytes(concat([toHex(`TEEX-${kind}-1`), toHex(salt), toHex(content)]))),
    })
  }
  return {
    key: toHex(key),
    salt: toHex(salt),
    containers,
    hpke: {
      privateKey: await raw(await suite.kem.serializePrivateKey(receiver.privateKey)),
      publicKey: await raw(await suite.kem.serializePublicKey(receiver.publicKey)),
      ephemeralPrivateKey: await raw(await suite.kem.serializePrivateKey(ephemeral.privateKey)),
      info: toHex(info),
      aad: toHex(aad),
      plaintext: toHex(plaintext),
      sealed: concat([toHex(new Uint8Array(sender.enc)), toHex(new Uint8Array(ciphertext))]),
    },
    call: await call(suite, receiver, raw),
    datasets: [
      await dataset(key, salt, 1, 1024, [[0, 1]]),
      await dataset(key, salt, 5 * 1024 + 7, 1024, [[0, 6], [0, 4], [1, 3], [1, 6], [4, 6], [2, 5], [5, 6]]),
    ],
    commitments,
  }
}
