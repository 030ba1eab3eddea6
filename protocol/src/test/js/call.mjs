// One sealed call as docs/sealed-calls.md has it, by WebCrypto and @hpke/core: node call.mjs BASE METHOD REQUEST_HEX
// Prints what the answer opens to, in hexadecimal. It does not judge the evidence: a page has to, before it seals.
import { webcrypto } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'

const { subtle } = webcrypto
const [base, method, request] = process.argv.slice(2)
const ascii = (text) => new TextEncoder().encode(text)
const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
const hex = (bytes) => Buffer.from(bytes).toString('hex')

const nonce = hex(webcrypto.getRandomValues(new Uint8Array(32)))
const shown = await (await fetch(`${base}/attestation?nonce=${nonce}`)).json()
if (shown.nonce !== nonce) throw new Error(`evidence for another nonce: ${JSON.stringify(shown)}`)

const path = `/call/${method}`
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })
const recipientPublicKey = await suite.kem.deserializePublicKey(unhex(shown.hpkeKey).buffer)
const sender = await suite.createSenderContext({ recipientPublicKey, info: ascii('TEEX sealed call 1') })
const enc = new Uint8Array(sender.enc)
const body = new Uint8Array([...enc, ...new Uint8Array(await sender.seal(unhex(request), ascii(path)))])

const response = await fetch(base + path, {
  method: 'POST',
  headers: { 'Content-Type': 'application/octet-stream' },
  body,
})
const sealed = new Uint8Array(await response.arrayBuffer())
if (response.status !== 200) throw new Error(`status ${response.status}: ${new TextDecoder().decode(sealed)}`)

const secret = await sender.export(ascii('TEEX sealed answer 1'), 32)
const salt = new Uint8Array([...enc, ...sealed.slice(0, 32)])
const material = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
const derive = (info, size) =>
  subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: ascii(info) }, material, size * 8)
const key = await subtle.importKey('raw', await derive('key', 32), 'AES-GCM', false, ['decrypt'])
const iv = await derive('nonce', 12)
console.log(hex(await subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed.slice(32))))
