// The chain as the tests of anvil have it: the same id, accounts and hard fork.
export default {
  networks: { node: { type: 'edr-simulated', chainId: 31337, hardfork: 'osaka', loggingEnabled: false } },
};
