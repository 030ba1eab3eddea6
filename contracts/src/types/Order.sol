// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @dev The EIP-712 hash of an order.
type TaskId is bytes32;

/// @notice What a user wants to have run, and the most she pays for it. EIP-712 typed data; the field order is frozen.
struct Order {
    address user;
    address dispatcher; // zero in on-chain requests only
    uint32 lane;
    uint64 sequence;
    ServiceRef service;
    DatasetUse[] datasets;
    string purpose;
    bytes32 inputCommitment;
    OutputTerms output;
    FeeTerms fee;
    Limits limits;
    Tier tier;
    BlockRef recentBlock;
    uint64 deadline; // seconds since the epoch
    bytes32 salt;
}

/// @notice One version of one service at one listed price.
struct ServiceRef {
    uint256 id;
    uint32 version;
    bytes32 imageDigest;
    uint32 priceVersion;
}

/// @notice One data set under one licence, for at most `priceCap`.
struct DatasetUse {
    uint256 id;
    bytes32 licenceDigest;
    uint128 priceCap;
}

/// @notice Where the output goes: sealed to `key` (X25519), at most `capBytes`, padded to a multiple of `paddingBytes`.
struct OutputTerms {
    bytes32 key;
    uint64 capBytes;
    uint64 paddingBytes;
}

/// @notice `max` is everything that the user may be charged, in base units of the token.
struct FeeTerms {
    uint128 max;
    uint16 dispatcherBasisPointsMax;
}

struct Limits {
    uint64 fuel;
    uint64 fuelStep;
    uint64 memoryBytes;
}

/// @notice Requirements on the executing platforms.
struct Tier {
    uint8 isolation;
    string profile;
    uint32 teeKinds;
    uint64 tcbNotBefore;
    uint8 required;
    uint8 redundancy;
    uint8 distinctOwners;
    uint8 distinctVendors;
    uint8 distinctPlatforms;
}

struct BlockRef {
    uint64 number;
    bytes32 hash;
}
