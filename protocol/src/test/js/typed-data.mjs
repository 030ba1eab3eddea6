// The typed data of TEEX, written down a second time: types and examples for viem.
import { encodeAbiParameters, hashStruct, hashTypedData, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const type = (fields) =>
  fields.split(',').map((field) => {
    const [type, name] = field.split(' ')
    return { name, type }
  })

export const types = {
  Order: type(
    'address user,address dispatcher,uint32 lane,uint64 sequence,ServiceRef service,DatasetUse[] datasets,string purpose,bytes32 inputCommitment,OutputTerms output,FeeTerms fee,Limits limits,Tier tier,BlockRef recentBlock,uint64 deadline,bytes32 salt',
  ),
  ServiceRef: type('uint256 id,uint32 version,bytes32 imageDigest,uint32 priceVersion'),
  DatasetUse: type('uint256 id,bytes32 licenceDigest,uint128 priceCap'),
  OutputTerms: type('bytes32 key,uint64 capBytes,uint64 paddingBytes'),
  FeeTerms: type('uint128 max,uint16 dispatcherBasisPointsMax'),
  Limits: type('uint64 fuel,uint64 fuelStep,uint64 memoryBytes'),
  Tier: type(
    'uint8 isolation,string profile,uint32 teeKinds,uint64 tcbNotBefore,uint8 required,uint8 redundancy,uint8 distinctOwners,uint8 distinctVendors,uint8 distinctPlatforms',
  ),
  BlockRef: type('uint64 number,bytes32 hash'),
  Session: type(
    'address user,address sessionKey,address dispatcher,uint32 lane,uint128 cap,uint128 maxPerTask,uint256[] services,uint64 expiry,bytes32 salt',
  ),
  Lease: type('bytes32 taskId,uint32 attempt,address worker,address dispatcher,uint64 expiry,uint64 fencingToken'),
  Receipt: type(
    'bytes32 taskId,uint32 attempt,address dispatcher,address worker,bytes32 nodeCertificate,ReceiptDigests digests,bytes32 inputCommitment,bytes32 outputCommitment,bytes32 outputCiphertext,DatasetCharge[] datasets,uint64 fuel,uint64 memoryBytes,uint64 finishedAt,uint8 outcome,FeeSplit fee,Execution execution,bytes32 seedCommitment',
  ),
  ReceiptDigests: type('bytes32 image,bytes32 price,bytes32 licences,bytes32 costTable'),
  DatasetCharge: type('uint256 id,bytes32 licenceDigest,address payee,uint128 amount'),
  FeeSplit: type(
    'uint128 total,address provider,uint128 providerAmount,address workerPayee,uint128 workerAmount,address dispatcherPayee,uint128 dispatcherAmount',
  ),
  Execution: type('string engine,uint8 isolation,Tier tierReached,uint32 flags'),
  NodeCertificate: type(
    'uint8 role,bytes32 tlsKeyHash,address signer,address payout,bytes measurement,bytes32 platformTag,uint8 tcbStatus,uint64 managerEpoch,uint64 notAfter',
  ),
  NodeOperation: type('uint8 role,address signer,bytes32 platform'),
  Acknowledgement: type('bytes32 taskId,uint32 attempt,bytes32 receipt,uint64 settleBy'),
  Anchor: type('bytes32 stream,uint64 expectedEpoch,uint64 epoch,uint64 index,bytes32 digest'),
  BatchHeader: type(
    'address dispatcher,uint64 number,bytes32 previous,bytes32 receiptsRoot,uint32 count,uint128 total,bytes32 debits,bytes32 requests,bytes32 credits',
  ),
  Licence: type(
    'address owner,bytes32 dataDigest,bytes32[] images,address[] users,string purpose,uint128 pricePerUse,uint64 usesMax,uint64 notBefore,uint64 expiry,uint64 outputBytesPerTask,uint64 outputBytesTotal,bytes32 salt',
  ),
  Price: type('uint128 base,uint128 perMillionFuel,uint128 remunerationBase,uint128 remunerationPerMillionFuel'),
  Debit: type('address payer,uint32 lane,uint64 to,uint128 amount'),
  RequestPayment: type('bytes32 taskId,uint128 amount'),
  Credit: type('address account,uint128 amount'),
  ImageRegistration: type('address owner,bytes32 imageDigest,string sealedCid'),
  DatasetRegistration: type('bytes32 licenceDigest,string sealedCid'),
  Revocation: type('bytes32 licenceDigest'),
  Replay: type('bytes32 taskId,bytes32 receipt,address worker,uint64 expiry'),
  ReplayLeave: type('bytes32 licenceDigest,bytes32 taskId,uint64 expiry'),
  ReplayReport: type(
    'bytes32 replay,bytes32 taskId,bytes32 receipt,address worker,bytes32 image,bytes32 costTable,bytes32 inputCommitment,bytes32 outputCommitment,uint64 fuel,uint64 memoryBytes,uint8 outcome,string engine,bytes32 seedCommitment',
  ),
  ServiceKey: type('address owner,bytes32 imageDigest,bytes32 publicKey,uint64 managerEpoch'),
}

// TEEX uses the non-negative half of Java's int and long for uint32 and uint64.
const MAX = {
  uint8: 2n ** 8n - 1n,
  uint16: 2n ** 16n - 1n,
  uint32: 2n ** 31n - 1n,
  uint64: 2n ** 63n - 1n,
  uint128: 2n ** 128n - 1n,
  uint256: 2n ** 256n - 1n,
}
// Closed sets: the largest known code.
const CODES = { isolation: 1n, outcome: 10n, role: 4n, tcbStatus: 9n }
const FIRST_CODES = { role: 1n }
const TEXTS = ['', 'digits', 'Größe ≥ 10 µm, 🙂', 'x'.repeat(31), 'y'.repeat(32), 'z'.repeat(33)]

// Values that tell every field from every other one: each is a hash of where it stands.
const fingerprint = (path) => BigInt(keccak256(toHex(path)))

// variant 0: all zero and empty; 1 and 2: different in every field, arrays of 1 and 3; 3: the largest
function example(solidity, name, path, variant) {
  if (solidity.endsWith('[]')) {
    const size = [0, 1, 3, 2][variant]
    return Array.from({ length: size }, (_, i) => example(solidity.slice(0, -2), name, `${path}[${i}]`, variant))
  }
  if (types[solidity]) {
    return Object.fromEntries(
      types[solidity].map((field) => [field.name, example(field.type, field.name, `${path}.${field.name}`, variant)]),
    )
  }
  const print = fingerprint(`${path}#${variant}`)
  if (solidity === 'string') return TEXTS[[0, 1, 2, 3 + Number(print % 3n)][variant]]
  if (solidity === 'bytes') return `0x${'ab'.repeat([0, 32, 48, 65][variant])}`
  if (solidity === 'bytes32') return [toHex(0n, { size: 32 }), toHex(print, { size: 32 }), toHex(print, { size: 32 }), `0x${'ff'.repeat(32)}`][variant]
  if (solidity === 'address') return [toHex(0n, { size: 20 }), toHex(print >> 96n, { size: 20 }), toHex(print >> 96n, { size: 20 }), `0x${'ff'.repeat(20)}`][variant]
  if (name in CODES) return [FIRST_CODES[name] ?? 0n, CODES[name] > 1n ? 2n : 1n, CODES[name], CODES[name]][variant]
  return [0n, print % (MAX[solidity] / 2n), print % MAX[solidity], MAX[solidity]][variant]
}

const components = (name) =>
  types[name].map((field) => {
    const element = field.type.replace('[]', '')
    return types[element]
      ? { name: field.name, type: field.type.replace(element, 'tuple'), components: components(element) }
      : field
  })

const used = (name, found = new Set()) => {
  for (const field of types[name]) {
    const element = field.type.replace('[]', '')
    if (types[element] && !found.has(element)) {
      found.add(element)
      used(element, found)
    }
  }
  return found
}

const own = (name) => `${name}(${types[name].map((field) => `${field.type} ${field.name}`).join(',')})`
const typeString = (name) => own(name) + [...used(name)].sort().map(own).join('')

const privateKey = keccak256(toHex('TEEX test vectors'))
const account = privateKeyToAccount(privateKey)
const verifyingContract = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const domain = { name: 'TEEX', version: '1', chainId: 31337, verifyingContract }

async function vector(name, variant) {
  const value = example(name, name, name, variant)
  const typed = { domain, types, primaryType: name, message: value }
  return {
    value,
    structHash: hashStruct({ data: value, types, primaryType: name }),
    digest: hashTypedData(typed),
    signature: await account.signTypedData(typed),
    abi: encodeAbiParameters([{ type: 'tuple', components: components(name) }], [value]),
  }
}

function list(name, size) {
  const values = Array.from({ length: size }, (_, i) => example(name, name, `${name}[${i}]`, 1 + (i % 2)))
  const abi = encodeAbiParameters([{ type: 'tuple[]', components: components(name) }], [values])
  return { type: name, values, abi, digest: keccak256(abi) }
}

export async function typedData() {
  const result = []
  for (const name of Object.keys(types)) {
    const examples = []
    for (const variant of [0, 1, 2, 3]) examples.push(await vector(name, variant))
    result.push({ name, typeString: typeString(name), typeHash: keccak256(toHex(typeString(name))), examples })
  }
  const lists = ['Debit', 'RequestPayment', 'Credit'].flatMap((name) => [0, 1, 3].map((size) => list(name, size)))
  return { chainId: domain.chainId, settlement: verifyingContract, privateKey, account: account.address, types: result, lists }
}
