// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Leaf, ReceiptProof, Step} from "../types/ReceiptProof.sol";

/// @title The Merkle-sum tree over what a batch settles, grouped by payer.
/// @dev leaf  = keccak(0x00 ‖ payer ‖ lane ‖ sequence ‖ kind ‖ receipt ‖ amount), its sum is the amount
///      node  = keccak(0x01 ‖ left hash ‖ left sum ‖ right hash ‖ right sum)
///      group = keccak(0x02 ‖ payer ‖ lane ‖ hash ‖ sum ‖ count) of the payer's own tree
/// An odd node is paired with the empty node: zero hash, zero sum. Sums are added in 256 bits, so that at most
/// `STEPS_MAX` of them cannot wrap; a sum of more than 128 bits is no sum of a tree and equals none.
library ReceiptTree {
    uint256 internal constant GROUP_LEAVES_MAX = 256;
    uint256 internal constant GROUP_STEPS_MAX = 8;
    uint256 internal constant TOP_STEPS_MAX = 31;

    struct Node {
        bytes32 hash;
        uint256 sum;
    }

    /// @notice Whether a leaf lies in the tree of this root and total.
    function holds(bytes32 root, uint128 total, Leaf memory leaf, ReceiptProof calldata proof)
        internal
        pure
        returns (bool)
    {
        if (proof.group.length > GROUP_STEPS_MAX) return false;
        Node memory group = climb(Node(hash(leaf), leaf.amount), proof.group);
        return holdsGroup(root, total, leaf.payer, leaf.lane, group, proof.groupLeaves, proof.top);
    }

    /// @notice Whether the group of a payer and lane lies in the tree of this root and total.
    /// @param node the root of the group's own tree
    function holdsGroup(
        bytes32 root,
        uint128 total,
        address payer,
        uint32 lane,
        Node memory node,
        uint32 leaves,
        Step[] calldata top
    ) internal pure returns (bool) {
        if (node.sum > type(uint128).max || top.length > TOP_STEPS_MAX) return false;
        bytes32 group = keccak256(abi.encodePacked(bytes1(0x02), payer, lane, node.hash, uint128(node.sum), leaves));
        Node memory found = climb(Node(group, node.sum), top);
        return found.hash == root && found.sum == total;
    }

    /// @notice The node that stands above `node` at the end of `path`.
    function climb(Node memory node, Step[] calldata path) internal pure returns (Node memory) {
        for (uint256 i = 0; i < path.length; i++) {
            Step calldata step = path[i];
            Node memory sibling = Node(step.hash, step.sum);
            node = step.left ? parent(sibling, node) : parent(node, sibling);
        }
        return node;
    }

    /// @notice The node `height` levels above `nodes`, which are at most 2^height. Overwrites them.
    function fold(Node[] memory nodes, uint256 height) internal pure returns (Node memory) {
        uint256 length = nodes.length;
        for (uint256 level = 0; level < height; level++) {
            uint256 above = (length + 1) / 2;
            for (uint256 i = 0; i < above; i++) {
                Node memory right = 2 * i + 1 < length ? nodes[2 * i + 1] : Node(0, 0);
                nodes[i] = parent(nodes[2 * i], right);
            }
            length = above;
        }
        return nodes[0];
    }

    /// @dev A sum that does not fit its 16 bytes gives a node that no tree has, since its sum is compared at the root.
    function parent(Node memory left, Node memory right) internal pure returns (Node memory) {
        return Node(
            // forge-lint: disable-next-line(unsafe-typecast)
            keccak256(abi.encodePacked(bytes1(0x01), left.hash, uint128(left.sum), right.hash, uint128(right.sum))),
            left.sum + right.sum
        );
    }

    function hash(Leaf memory leaf) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(bytes1(0x00), leaf.payer, leaf.lane, leaf.sequence, leaf.kind, leaf.receipt, leaf.amount)
        );
    }
}
