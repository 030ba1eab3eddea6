// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice What the user pays for a task, and what the worker earns out of it, in base units of the token.
/// The price digest of a receipt is the EIP-712 struct hash of this struct.
struct Price {
    uint128 base; // slot 0: 16 + 16 bytes
    uint128 perMillionFuel;
    uint128 remunerationBase; // slot 1: 16 + 16 bytes
    uint128 remunerationPerMillionFuel;
}
