// Writes the test vectors into a directory: node vectors.mjs DIRECTORY
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { receiptTree } from './receipt-tree.mjs'
import { sealed } from './sealed.mjs'
import { typedData } from './typed-data.mjs'

const [directory] = process.argv.slice(2)
if (!directory) {
  console.error('usage: node vectors.mjs DIRECTORY')
  process.exit(2)
}
mkdirSync(directory, { recursive: true })
const write = (name, vectors) =>
  writeFileSync(
    join(directory, name),
    `${JSON.stringify(vectors, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 1)}\n`,
  )
write('typed-data.json', await typedData())
write('receipt-tree.json', receiptTree())
write('sealed.json', await sealed())
