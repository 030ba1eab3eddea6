// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The newest state that a stream's owner knows of. EIP-712 typed data; the field order is frozen.
struct Anchor {
    bytes32 stream;
    uint64 expectedEpoch; // the stream's epoch as the owner knows it: compare and set
    uint64 epoch;
    uint64 index;
    bytes32 digest;
}
