// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TaskId, Tier} from "./Order.sol";

/// @notice What one attempt of a task did and what it costs, signed by the worker. EIP-712 typed data, frozen.
struct Receipt {
    TaskId taskId;
    uint32 attempt;
    address dispatcher;
    address worker;
    bytes32 nodeCertificate;
    ReceiptDigests digests;
    bytes32 inputCommitment;
    bytes32 outputCommitment;
    bytes32 outputCiphertext;
    DatasetCharge[] datasets;
    uint64 fuel;
    uint64 memoryBytes;
    uint64 finishedAt; // seconds since the epoch
    uint8 outcome;
    FeeSplit fee;
    Execution execution;
    bytes32 seedCommitment;
}

/// @notice What an execution was governed by.
struct ReceiptDigests {
    bytes32 image;
    bytes32 price;
    bytes32 licences;
    bytes32 costTable;
}

/// @notice What a data set's owner gets for one use.
struct DatasetCharge {
    uint256 id;
    bytes32 licenceDigest;
    address payee;
    uint128 amount;
}

/// @notice `total` is what the user pays: provider, worker, dispatcher and all data sets together.
struct FeeSplit {
    uint128 total;
    address provider;
    uint128 providerAmount;
    address workerPayee;
    uint128 workerAmount;
    address dispatcherPayee;
    uint128 dispatcherAmount;
}

struct Execution {
    string engine;
    uint8 isolation;
    Tier tierReached;
    uint32 flags;
}

/// @notice A dispatcher's word that it keeps a receipt and settles it by a date. EIP-712 typed data, frozen.
struct Acknowledgement {
    TaskId taskId;
    uint32 attempt;
    bytes32 receipt; // the receipt's EIP-712 hash
    uint64 settleBy; // seconds since the epoch
}

/// @notice A user's leave for a key to sign orders in her name. EIP-712 typed data, frozen.
struct Session {
    address user;
    address sessionKey;
    address dispatcher;
    uint32 lane;
    uint128 cap;
    uint128 maxPerTask;
    uint256[] services; // the only ones that may be ordered; empty for any
    uint64 expiry; // an order's deadline lies within it
    bytes32 salt;
}
