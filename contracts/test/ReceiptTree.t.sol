// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ReceiptTree} from "../src/libraries/ReceiptTree.sol";
import {Leaf, ReceiptProof, Step} from "../src/types/ReceiptProof.sol";
import {Test} from "./support/Vm.sol";

/// @notice The library's function as a call, since it reads calldata.
contract Prover {
    function holds(bytes32 root, uint128 total, Leaf calldata leaf, ReceiptProof calldata proof)
        external
        pure
        returns (bool)
    {
        return ReceiptTree.holds(root, total, leaf, proof);
    }
}

/// @notice What the protocol module proves in Java is proved here.
contract ReceiptTreeTest is Test {
    struct Settled {
        Leaf leaf;
        ReceiptProof proof;
    }

    Prover private prover = new Prover();

    function test_acceptsTheProofsMadeInJava() public view {
        string memory json = vm.readFile("../protocol/src/test/resources/vectors/receipt-proofs.json");
        for (uint256 i = 0; i < 8; i++) {
            string memory tree = string.concat("[", digit(i), "]");
            bytes32 root = vm.parseJsonBytes32(json, string.concat(tree, ".root"));
            uint128 total = uint128(vm.parseJsonUint(json, string.concat(tree, ".total")));
            bytes[] memory proofs = vm.parseJsonBytesArray(json, string.concat(tree, ".proofs"));
            vm.assertTrue(proofs.length > 0, "no proof");
            for (uint256 j = 0; j < proofs.length; j++) {
                Settled memory settled = abi.decode(proofs[j], (Settled));
                vm.assertEq(prover.holds(root, total, settled.leaf, settled.proof), true);
                vm.assertEq(prover.holds(root, total + 1, settled.leaf, settled.proof), false);
                settled.leaf.amount += 1;
                vm.assertEq(prover.holds(root, total, settled.leaf, settled.proof), false);
            }
        }
    }

    function test_aSumThatOverflowsIsNoSum() public view {
        ReceiptProof memory proof;
        proof.group = new Step[](1);
        proof.group[0] = Step("sibling", type(uint128).max, false);
        proof.groupLeaves = 2;
        Leaf memory leaf = Leaf(address(1), 0, 1, 1, "receipt", 1);
        ReceiptTree.Node memory group = ReceiptTree.parent(
            ReceiptTree.Node(ReceiptTree.hash(leaf), 1), ReceiptTree.Node("sibling", type(uint128).max)
        );
        bytes32 root =
            keccak256(abi.encodePacked(bytes1(0x02), address(1), uint32(0), group.hash, uint128(0), uint32(2)));

        vm.assertEq(prover.holds(root, 0, leaf, proof), false);
    }

    function digit(uint256 number) private pure returns (string memory) {
        return string(abi.encodePacked(bytes1(uint8(48 + number))));
    }
}
