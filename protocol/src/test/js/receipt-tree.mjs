// The Merkle-sum tree of a batch, written a second time from its definition.
import { concat, encodePacked, keccak256, toHex } from 'viem'

const ZERO = { hash: toHex(0n, { size: 32 }), sum: 0n }

const leafNode = (leaf) => ({
  hash: keccak256(
    concat([
      '0x00',
      encodePacked(
        ['address', 'uint32', 'uint64', 'uint8', 'bytes32', 'uint128'],
        [leaf.payer, leaf.lane, leaf.sequence, leaf.kind, leaf.receipt, leaf.amount],
      ),
    ]),
  ),
  sum: leaf.amount,
})

const parent = (left, right) => ({
  hash: keccak256(
    concat([
      '0x01',
      encodePacked(['bytes32', 'uint128', 'bytes32', 'uint128'], [left.hash, left.sum, right.hash, right.sum]),
    ]),
  ),
  sum: left.sum + right.sum,
})

const root = (nodes) => {
  let level = nodes
  while (level.length > 1) {
    const above = []
    for (let i = 0; i < level.length; i += 2) above.push(parent(level[i], level[i + 1] ?? ZERO))
    level = above
  }
  return level[0]
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const REQUEST = 3

function tree(leaves) {
  const groups = new Map()
  for (const leaf of leaves) {
    const key = [leaf.payer, toHex(leaf.lane, { size: 4 }), leaf.kind === REQUEST ? 1 : 0].join()
    groups.set(key, [...(groups.get(key) ?? []), leaf])
  }
  const nodes = [...groups.entries()]
    .sort(([a], [b]) => compare(a, b))
    .map(([, members]) => {
      const sorted = members.sort(
        (a, b) => compare(a.sequence, b.sequence) || compare(a.receipt, b.receipt),
      )
      const node = root(sorted.map(leafNode))
      return {
        hash: keccak256(
          concat([
            '0x02',
            encodePacked(
              ['address', 'uint32', 'bytes32', 'uint128', 'uint32'],
              [sorted[0].payer, sorted[0].lane, node.hash, node.sum, sorted.length],
            ),
          ]),
        ),
        sum: node.sum,
      }
    })
  return root(nodes)
}

const hash = (text) => keccak256(toHex(text))

function leaves(size) {
  return Array.from({ length: size }, (_, i) => {
    const print = BigInt(hash(`leaf ${i}`))
    const kind = Number(print % 3n) + 1
    return {
      payer: toHex((print >> 8n) % 4n, { size: 20 }),
      lane: Number((print >> 16n) % 2n),
      sequence: kind === REQUEST ? 0n : BigInt(i + 1),
      kind,
      receipt: kind === 2 ? toHex(0n, { size: 32 }) : hash(`receipt ${i}`),
      amount: kind === 2 ? 0n : (print >> 32n) % 2n ** 100n,
    }
  })
}

export function receiptTree() {
  return [1, 2, 3, 5, 8, 33, 100].map((size) => {
    const all = leaves(size)
    const top = tree([...all])
    return { leaves: all, root: top.hash, total: top.sum }
  })
}
