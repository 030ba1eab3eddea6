// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StateAnchor} from "../src/StateAnchor.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IStateAnchor} from "../src/interfaces/IStateAnchor.sol";
import {Anchor} from "../src/types/Anchor.sol";
import {SignedBatch} from "../src/types/Batch.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Courtroom} from "./support/Courtroom.sol";

/// @notice Anchors of streams move on only, by their owners.
contract StateAnchorTest is Courtroom {
    StateAnchor private anchors;
    address private store = accountOf("store");
    address private manager = accountOf("manager");
    bytes32 private stream;

    function setUp() public {
        convene();
        anchors = new StateAnchor(settlement);
        vm.startPrank(GOVERNANCE);
        registry.setMeasurement(Roles.STORE, keccak256(MEASUREMENT), true);
        registry.setMeasurement(Roles.MANAGER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        enrolStore("store");
        stream = anchors.open(store, "shard 1");
    }

    function test_opensAStreamOfAnActiveStoreOrManagerOnce() public {
        vm.assertEq(anchors.settlement(), address(settlement));
        vm.assertEq(stream, anchors.streamOf(store, "shard 1"));
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.StreamExists.selector, stream));
        anchors.open(store, "shard 1");
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.OwnerNotActive.selector, dispatcher));
        anchors.open(dispatcher, "shard 1");

        admit(Roles.MANAGER, "manager");
        vm.expectEmit(address(anchors));
        emit IStateAnchor.StreamOpened(anchors.streamOf(manager, "keys"), manager, "keys");
        anchors.open(manager, "keys");
    }

    function test_movesOnByIndexAndEpoch() public {
        vm.expectEmit(address(anchors));
        emit IStateAnchor.Anchored(stream, store, 0, 5, keccak256("a"));
        anchor(Anchor(stream, 0, 0, 5, keccak256("a")), "store", "");
        anchor(Anchor(stream, 0, 0, 6, keccak256("b")), "store", "");
        anchor(Anchor(stream, 0, 3, 2, keccak256("c")), "store", "");
        anchor(Anchor(stream, 3, 3, 3, keccak256("d")), "store", "");

        vm.assertEq(
            abi.encode(anchors.stream(stream)),
            abi.encode(IStateAnchor.Stream(store, 3, 3, uint40(block.timestamp), keccak256("d")))
        );
    }

    function test_neverMovesBack() public {
        anchor(Anchor(stream, 0, 4, 9, "a"), "store", "");
        bytes memory notNewer = abi.encodeWithSelector(IStateAnchor.AnchorNotNewer.selector, stream, 4, 9);

        anchor(Anchor(stream, 4, 4, 9, "b"), "store", notNewer);
        anchor(Anchor(stream, 4, 4, 8, "b"), "store", notNewer);
        anchor(Anchor(stream, 4, 3, 10, "b"), "store", notNewer);
    }

    function testFuzz_isMonotonic(uint64[8] calldata epochs, uint64[8] calldata indexes) public {
        for (uint256 i = 0; i < 8; i++) {
            IStateAnchor.Stream memory seen = anchors.stream(stream);
            (uint64 epoch, uint64 index) = (epochs[i] % 4, indexes[i] % 4);
            bool newer = epoch > seen.epoch || (epoch == seen.epoch && index > seen.index);
            bytes memory refusal = newer
                ? bytes("")
                : abi.encodeWithSelector(IStateAnchor.AnchorNotNewer.selector, stream, seen.epoch, seen.index);
            anchor(Anchor(stream, seen.epoch, epoch, index, bytes32(i)), "store", refusal);
            IStateAnchor.Stream memory now_ = anchors.stream(stream);
            vm.assertEq(now_.digest, newer ? bytes32(i) : seen.digest);
        }
    }

    function test_refusesWhoDoesNotKnowTheEpoch() public {
        anchor(Anchor(stream, 0, 2, 0, "a"), "store", "");
        anchor(
            Anchor(stream, 0, 3, 0, "fork"),
            "store",
            abi.encodeWithSelector(IStateAnchor.EpochChanged.selector, stream, 0, 2)
        );
    }

    function test_refusesAnotherThanTheOwner() public {
        enrolStore("another store");
        anchor(
            Anchor(stream, 0, 1, 0, "a"),
            "another store",
            abi.encodeWithSelector(IStateAnchor.OwnerOnly.selector, stream, store, accountOf("another store"))
        );
        anchor(
            Anchor("nothing", 0, 1, 0, "a"),
            "store",
            abi.encodeWithSelector(IStateAnchor.StreamUnknown.selector, bytes32("nothing"))
        );
    }

    function test_refusesMalleatedAndForeignSignatures() public {
        Anchor memory next = Anchor(stream, 0, 1, 0, "a");
        (bytes[3] memory wrong, bytes4[3] memory refusals) = foreignSignatures(hasher.structHash(next), "store");
        // Here a signature names its signer, so a foreign one is that of somebody who does not own the stream.
        (refusals[1], refusals[2]) = (IStateAnchor.OwnerOnly.selector, IStateAnchor.OwnerOnly.selector);
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectPartialRevert(refusals[i]);
            anchors.anchor(next, wrong[i]);
        }
        anchor(next, "store", "");
    }

    function test_refusesAnOwnerThatWasShutOut() public {
        vm.prank(GOVERNANCE);
        registry.revoke(store);
        anchor(
            Anchor(stream, 0, 1, 0, "a"), "store", abi.encodeWithSelector(IStateAnchor.OwnerNotActive.selector, store)
        );
    }

    function test_aManagerHandsAStreamOver() public {
        enrolStore("another store");
        address heir = accountOf("another store");
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.OwnerNotActive.selector, store));
        vm.prank(store);
        anchors.handOver(stream, heir);

        admit(Roles.MANAGER, "manager");
        vm.prank(manager);
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.OwnerNotActive.selector, worker));
        anchors.handOver(stream, worker);
        vm.prank(manager);
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.StreamUnknown.selector, bytes32("nothing")));
        anchors.handOver("nothing", heir);
        vm.expectEmit(address(anchors));
        emit IStateAnchor.StreamHandedOver(stream, store, heir);
        vm.prank(manager);
        anchors.handOver(stream, heir);

        anchor(Anchor(stream, 0, 1, 0, "a"), "another store", "");
        anchor(
            Anchor(stream, 1, 1, 1, "b"),
            "store",
            abi.encodeWithSelector(IStateAnchor.OwnerOnly.selector, stream, heir, store)
        );
    }

    function test_anchorsAndSettlesInOneTransaction() public {
        SignedBatch memory batch = aDocket(2, 0).batch;
        (Anchor[] memory moves, bytes[] memory signatures) = twoMoves();
        vm.expectRevert(abi.encodeWithSelector(IStateAnchor.SignaturesMissing.selector, 2, 1));
        anchors.anchorAndSettle(moves, new bytes[](1), batch);

        anchors.anchorAndSettle(moves, signatures, batch);

        vm.assertEq(anchors.stream(stream).epoch, 2);
        vm.assertEq(settlement.batchChain(dispatcher).number, 1);
    }

    function test_anchorsNothingIfTheBatchIsRefused() public {
        SignedBatch memory batch = aDocket(2, 0).batch;
        settle(batch);
        (Anchor[] memory moves, bytes[] memory signatures) = twoMoves();

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchOutOfOrder.selector, dispatcher, 2, 1));
        anchors.anchorAndSettle(moves, signatures, batch);
        vm.assertEq(anchors.stream(stream).epoch, 0);
    }

    function twoMoves() private view returns (Anchor[] memory moves, bytes[] memory signatures) {
        (moves, signatures) = (new Anchor[](2), new bytes[](2));
        (moves[0], moves[1]) = (Anchor(stream, 0, 1, 0, "a"), Anchor(stream, 1, 2, 0, "b"));
        (signatures[0], signatures[1]) = (signed(moves[0], "store"), signed(moves[1], "store"));
    }

    function enrolStore(string memory name) private {
        operate(Roles.STORE, name);
        admit(Roles.STORE, name);
    }

    function signed(Anchor memory next, string memory by) private view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(next)));
    }

    function anchor(Anchor memory next, string memory by, bytes memory refusal) private {
        bytes memory signature = signed(next, by);
        if (refusal.length > 0) vm.expectRevert(refusal);
        anchors.anchor(next, signature);
    }
}
