// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A manager's word that the holder of `signer` runs `measurement` in a TEE. EIP-712 typed data, frozen.
struct NodeCertificate {
    uint8 role; // see Roles
    bytes32 tlsKeyHash;
    address signer;
    address payout;
    bytes measurement;
    bytes32 platformTag;
    uint8 tcbStatus;
    uint64 managerEpoch;
    uint64 notAfter; // seconds since the epoch, inclusive
}

/// @notice An operator's word that `signer` is a node of hers in `role` on her `platform`. EIP-712 typed data.
struct NodeOperation {
    uint8 role; // see Roles; of those that are trusted widely
    address signer;
    bytes32 platform; // keccak256 of the platform's identity
}

/// @notice The values of `NodeCertificate.role`.
library Roles {
    uint8 internal constant MANAGER = 1;
    uint8 internal constant STORE = 2;
    uint8 internal constant DISPATCHER = 3;
    uint8 internal constant WORKER = 4;
}
