// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice One settled sequence or request in a batch's tree, see {ReceiptTree}.
struct Leaf {
    address payer;
    uint32 lane; // of the payer's allowance; the order's lane for requests
    uint64 sequence; // of the lane; 0 for requests
    uint8 kind; // see LeafKinds
    bytes32 receipt; // the receipt's EIP-712 hash; zero for voids
    uint128 amount; // what the payer was charged
}

/// @notice The values of `Leaf.kind`.
library LeafKinds {
    uint8 internal constant RECEIPT = 1;
    uint8 internal constant VOID = 2; // a sequence that was given back without execution
    uint8 internal constant REQUEST = 3; // a task ordered on chain, paid out of its own escrow
}

/// @notice One sibling on the way up; `left` if it stands to the left.
struct Step {
    bytes32 hash;
    uint128 sum;
    bool left;
}

/// @notice From a leaf to its payer's group of `groupLeaves` leaves, and from the group to the root; lowest first.
struct ReceiptProof {
    Step[] group;
    uint32 groupLeaves;
    Step[] top;
}
