// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ReceiptTree} from "../../src/libraries/ReceiptTree.sol";
import {Leaf, ReceiptProof, Step} from "../../src/types/ReceiptProof.sol";

/// @notice Makes the trees and proofs that the contracts check, in the plainest way.
library TreeBuilder {
    /// @notice The root of a tree over `nodes`; an odd node is paired with the empty one.
    function root(ReceiptTree.Node[] memory nodes) internal pure returns (ReceiptTree.Node memory) {
        while (nodes.length > 1) {
            nodes = above(nodes);
        }
        return nodes[0];
    }

    /// @notice The siblings from the node at `index`, `height` levels above `nodes`, up to the root.
    function path(ReceiptTree.Node[] memory nodes, uint256 index, uint256 height)
        internal
        pure
        returns (Step[] memory steps)
    {
        for (uint256 i = 0; i < height; i++) {
            nodes = above(nodes);
        }
        steps = new Step[](32);
        uint256 length = 0;
        for (; nodes.length > 1; index /= 2) {
            ReceiptTree.Node memory sibling = nodeAt(nodes, index ^ 1);
            steps[length++] = Step(sibling.hash, uint128(sibling.sum), index % 2 == 1);
            nodes = above(nodes);
        }
        assembly ("memory-safe") {
            mstore(steps, length)
        }
    }

    function above(ReceiptTree.Node[] memory nodes) internal pure returns (ReceiptTree.Node[] memory parents) {
        parents = new ReceiptTree.Node[]((nodes.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; i++) {
            parents[i] = ReceiptTree.parent(nodes[2 * i], nodeAt(nodes, 2 * i + 1));
        }
    }

    function nodeAt(ReceiptTree.Node[] memory nodes, uint256 index) private pure returns (ReceiptTree.Node memory) {
        return index < nodes.length ? nodes[index] : ReceiptTree.Node(0, 0);
    }

    function nodesOf(Leaf[] memory leaves) internal pure returns (ReceiptTree.Node[] memory nodes) {
        nodes = new ReceiptTree.Node[](leaves.length);
        for (uint256 i = 0; i < leaves.length; i++) {
            nodes[i] = ReceiptTree.Node(ReceiptTree.hash(leaves[i]), leaves[i].amount);
        }
    }

    /// @notice The node of a group in the upper tree; it says `claimed` leaves if that is not zero.
    function groupOf(Leaf[] memory leaves, uint32 claimed) internal pure returns (ReceiptTree.Node memory) {
        ReceiptTree.Node memory node = root(nodesOf(leaves));
        uint32 count = claimed == 0 ? uint32(leaves.length) : claimed;
        bytes32 hash = keccak256(
            abi.encodePacked(bytes1(0x02), leaves[0].payer, leaves[0].lane, node.hash, uint128(node.sum), count)
        );
        return ReceiptTree.Node(hash, node.sum);
    }

    function proofOf(Leaf[] memory group, uint256 index, Step[] memory top)
        internal
        pure
        returns (ReceiptProof memory)
    {
        return ReceiptProof(path(nodesOf(group), index, 0), uint32(group.length), top);
    }
}
