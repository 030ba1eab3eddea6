// Writes (`write`) or checks (`check`) test/vectors.json: what viem, an implementation that is not ours, makes of fixed
// examples. Read by test/TypedData.t.sol, and meant for the Java protocol module too, which must agree on every byte.
//
// typed:  one entry for each example of signed data: `encoded` is abi.encode(value), `structHash` and `digest` are those
//         of EIP-712 in `domain`, `signature` (r, s, v) is RFC 6979's by `signer` over `digest`.
// arrays: the arrays that a batch header names: `encoded` is abi.encode(array), `hash` its keccak256.
// Integers of 64 bits and more are decimal strings.
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeAbiParameters, hashDomain, hashStruct, hashTypedData, keccak256, stringToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const FILE = new URL('vectors.json', import.meta.url);

const TYPES = {
  Order: [
    'address user', 'address dispatcher', 'uint32 lane', 'uint64 sequence', 'ServiceRef service',
    'DatasetUse[] datasets', 'string purpose', 'bytes32 inputCommitment', 'OutputTerms output', 'FeeTerms fee',
    'Limits limits', 'Tier tier', 'BlockRef recentBlock', 'uint64 deadline', 'bytes32 salt',
  ],
  ServiceRef: ['uint256 id', 'uint32 version', 'bytes32 imageDigest', 'uint32 priceVersion'],
  DatasetUse: ['uint256 id', 'bytes32 licenceDigest', 'uint128 priceCap'],
  OutputTerms: ['bytes32 key', 'uint64 capBytes', 'uint64 paddingBytes'],
  FeeTerms: ['uint128 max', 'uint16 dispatcherBasisPointsMax'],
  Limits: ['uint64 fuel', 'uint64 fuelStep', 'uint64 memoryBytes'],
  Tier: [
    'uint8 isolation', 'string profile', 'uint32 teeKinds', 'uint64 tcbNotBefore', 'uint8 required',
    'uint8 redundancy', 'uint8 distinctOwners', 'uint8 distinctVendors', 'uint8 distinctPlatforms',
  ],
  BlockRef: ['uint64 number', 'bytes32 hash'],
  NodeCertificate: [
    'uint8 role', 'bytes32 tlsKeyHash', 'address signer', 'address payout', 'bytes measurement', 'bytes32 platformTag',
    'uint8 tcbStatus', 'uint64 managerEpoch', 'uint64 notAfter',
  ],
  NodeOperation: ['uint8 role', 'address signer', 'bytes32 platform'],
  BatchHeader: [
    'address dispatcher', 'uint64 number', 'bytes32 previous', 'bytes32 receiptsRoot', 'uint32 count', 'uint128 total',
    'bytes32 debits', 'bytes32 requests', 'bytes32 credits',
  ],
  Anchor: ['bytes32 stream', 'uint64 expectedEpoch', 'uint64 epoch', 'uint64 index', 'bytes32 digest'],
  Debit: ['address payer', 'uint32 lane', 'uint64 to', 'uint128 amount'],
  RequestPayment: ['bytes32 taskId', 'uint128 amount'],
  Credit: ['address account', 'uint128 amount'],
};
const types = Object.fromEntries(
  Object.entries(TYPES).map(([name, fields]) => [name, fields.map((field) => ({ type: field.split(' ')[0], name: field.split(' ')[1] }))]),
);

const digestOf = (text) => keccak256(stringToHex(text));
const addressOf = (text) => privateKeyToAccount(digestOf(text)).address;
// A key that everybody can make: it signs examples only.
const signerKey = digestOf('TEEX example: signer');
const signer = privateKeyToAccount(signerKey);
const domain = { name: 'TEEX', version: '1', chainId: 31337, verifyingContract: addressOf('TEEX example: settlement') };

const order = {
  user: signer.address,
  dispatcher: addressOf('TEEX example: dispatcher'),
  lane: 7,
  sequence: '18446744073709551615',
  service: { id: '1', version: 2, imageDigest: digestOf('image'), priceVersion: 3 },
  datasets: [
    { id: '4', licenceDigest: digestOf('first licence'), priceCap: '1000000000000000000' },
    { id: '115792089237316195423570985008687907853269984665640564039457584007913129639935', licenceDigest: digestOf('second licence'), priceCap: '0' },
  ],
  purpose: 'research, non-profit ✓',
  inputCommitment: digestOf('input'),
  output: { key: digestOf('output key'), capBytes: '65536', paddingBytes: '256' },
  fee: { max: '340282366920938463463374607431768211455', dispatcherBasisPointsMax: 250 },
  limits: { fuel: '1000000000', fuelStep: '1000000', memoryBytes: '67108864' },
  tier: {
    isolation: 1, profile: 'wasm-1', teeKinds: 14, tcbNotBefore: '1767225600',
    required: 2, redundancy: 3, distinctOwners: 2, distinctVendors: 1, distinctPlatforms: 3,
  },
  recentBlock: { number: '123456789', hash: digestOf('block') },
  deadline: '1893456000',
  salt: digestOf('salt'),
};
const request = {
  ...order,
  dispatcher: '0x0000000000000000000000000000000000000000',
  lane: 0,
  sequence: '0',
  datasets: [],
  purpose: '',
  salt: digestOf('another salt'),
};
const debits = [
  { payer: signer.address, lane: 0, to: '12', amount: '700' },
  { payer: addressOf('TEEX example: payer'), lane: 4294967295, to: '18446744073709551615', amount: '0' },
];
const requests = [{ taskId: digestOf('task'), amount: '300' }];
const credits = [
  { account: addressOf('TEEX example: provider'), amount: '900' },
  { account: addressOf('TEEX example: worker'), amount: '100' },
];
const nodeCertificate = {
  role: 3,
  tlsKeyHash: digestOf('tls key'),
  signer: addressOf('TEEX example: dispatcher'),
  payout: addressOf('TEEX example: payout'),
  measurement: `${digestOf('measurement')}${digestOf('more of it').slice(2, 34)}`,
  platformTag: digestOf('platform'),
  tcbStatus: 2,
  managerEpoch: '5',
  notAfter: '1893456000',
};
const nodeOperation = { role: 3, signer: addressOf('TEEX example: dispatcher'), platform: digestOf('platform identity') };
const anchor = { stream: digestOf('stream'), expectedEpoch: '6', epoch: '7', index: '18446744073709551615', digest: digestOf('state') };
const batchHeader = {
  dispatcher: addressOf('TEEX example: dispatcher'),
  number: '2',
  previous: digestOf('previous header'),
  receiptsRoot: digestOf('receipts root'),
  count: 14,
  total: '1000',
  debits: array('Debit', debits).hash,
  requests: array('RequestPayment', requests).hash,
  credits: array('Credit', credits).hash,
};

/** The shape that viem's ABI encoder wants: structs spelled out as tuples. */
function parameter(type, name = '') {
  const [, base, suffix] = /^(\w+)((?:\[\])?)$/.exec(type);
  const fields = types[base];
  return fields ? { name, type: `tuple${suffix}`, components: fields.map((field) => parameter(field.type, field.name)) } : { name, type };
}

function array(type, value) {
  const encoded = encodeAbiParameters([parameter(`${type}[]`)], [value]);
  return { type: `${type}[]`, value, encoded, hash: keccak256(encoded) };
}

async function typed(name, type, value) {
  const data = { domain, types, primaryType: type, message: value };
  return {
    name,
    type,
    value,
    encoded: encodeAbiParameters([parameter(type)], [value]),
    structHash: hashStruct({ data: value, primaryType: type, types }),
    digest: hashTypedData(data),
    signature: await signer.signTypedData(data),
  };
}

const EIP712Domain = ['name string', 'version string', 'chainId uint256', 'verifyingContract address'].map((field) => ({ name: field.split(' ')[0], type: field.split(' ')[1] }));
const vectors = {
  domain,
  domainSeparator: hashDomain({ domain, types: { EIP712Domain } }),
  signer: { privateKey: signerKey, address: signer.address },
  typed: [
    await typed('order', 'Order', order),
    await typed('request', 'Order', request),
    await typed('nodeCertificate', 'NodeCertificate', nodeCertificate),
    await typed('batchHeader', 'BatchHeader', batchHeader),
    await typed('nodeOperation', 'NodeOperation', nodeOperation),
    await typed('anchor', 'Anchor', anchor),
  ],
  arrays: [array('Debit', debits), array('RequestPayment', requests), array('Credit', credits), array('Credit', [])],
};
const text = `${JSON.stringify(vectors, null, 2)}\n`;

const command = process.argv[2];
if (command === 'write') {
  writeFileSync(FILE, text);
} else if (command === 'check') {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('test/vectors.json is not what viem makes of the examples. Run npm run vectors and look at the difference.');
    process.exitCode = 1;
  }
} else {
  console.error('usage: vectors.mjs write|check');
  process.exitCode = 2;
}
