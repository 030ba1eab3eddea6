// Prints the CIDs that the IPFS project's importer gives to known contents (CIDv1, raw leaves,
// balanced layout), for comparison with UnixFs.java.
import { MemoryBlockstore } from 'blockstore-core'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'

const MIB = 1 << 20

/** Bytes that both sides can make: the high byte of a 32-bit linear congruence. */
function content (size) {
  const bytes = new Uint8Array(size)
  let state = size | 0
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    bytes[i] = state >>> 24
  }
  return bytes
}

async function cid (size, chunkBytes, linksMax) {
  const options = {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: false,
    chunker: fixedSize({ chunkSize: chunkBytes }),
    layout: balanced({ maxChildrenPerNode: linksMax })
  }
  let last
  for await (const entry of importer([{ content: content(size) }], new MemoryBlockstore(), options)) {
    last = entry
  }
  return last.cid.toString()
}

const cases = [
  ...[0, 1, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 7].map(size => [size, MIB, 174]),
  // Small leaves reach the deeper trees that 1 MiB leaves would need hundreds of megabytes for.
  ...[16, 17, 174 * 16 - 1, 174 * 16, 174 * 16 + 1, 174 * 16 * 2, 174 * 174 * 16, 174 * 174 * 16 + 1].map(size => [size, 16, 174]),
  ...[1, 8, 9, 24, 25, 72, 73, 200, 1000].map(size => [size, 8, 3])
]

const vectors = []
for (const [size, chunkBytes, linksMax] of cases) {
  vectors.push({ size, chunkBytes, linksMax, cid: await cid(size, chunkBytes, linksMax) })
}
console.log('[\n' + vectors.map(v => '  ' + JSON.stringify(v)).join(',\n') + '\n]')
