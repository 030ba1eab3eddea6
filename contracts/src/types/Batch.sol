// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TaskId} from "./Order.sol";

/// @notice What a dispatcher signs for one settlement transaction. EIP-712 typed data; the field order is frozen.
struct BatchHeader {
    address dispatcher;
    uint64 number; // 1 for the first batch
    bytes32 previous; // EIP-712 hash of the previous header, zero for the first
    bytes32 receiptsRoot;
    uint32 count; // tasks settled: sequences covered by the debits, and requests
    uint128 total; // what the debits and requests take, and the credits receive
    bytes32 debits; // keccak256(abi.encode(Debit[]))
    bytes32 requests; // keccak256(abi.encode(RequestPayment[]))
    bytes32 credits; // keccak256(abi.encode(Credit[]))
}

/// @notice Charges a payer's lane for the sequences after the last settled one, up to and including `to`.
struct Debit {
    address payer;
    uint32 lane;
    uint64 to;
    uint128 amount;
}

/// @notice Charges the escrow of one on-chain request; the rest of it goes back to the user.
struct RequestPayment {
    TaskId taskId;
    uint128 amount;
}

/// @notice Pays one account for its part in the whole batch.
struct Credit {
    address account;
    uint128 amount;
}

/// @notice A whole batch, as its dispatcher signed it.
struct SignedBatch {
    BatchHeader header;
    Debit[] debits;
    RequestPayment[] requests;
    Credit[] credits;
    bytes signature; // the dispatcher's, over the header's EIP-712 hash
}
