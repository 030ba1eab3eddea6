// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Demands} from "../src/Demands.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IDemands} from "../src/interfaces/IDemands.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {TaskId} from "../src/types/Order.sol";
import {Acknowledgement, Receipt} from "../src/types/Receipt.sol";
import {Leaf, ReceiptProof} from "../src/types/ReceiptProof.sol";
import {Courtroom} from "./support/Courtroom.sol";
import {FeeToken} from "./support/Tokens.sol";
import {TreeBuilder} from "./support/TreeBuilder.sol";

/// @notice Demands of workers whose receipts were acknowledged and not settled.
contract DemandsTest is Courtroom {
    address private claimant = accountOf("claimant");
    address private workerOwner = accountOf("worker owner");

    function setUp() public {
        convene();
        token.mint(claimant, 10_000);
        vm.prank(claimant);
        token.approve(address(demands), type(uint256).max);
    }

    function test_knowsItsTerms() public view {
        vm.assertEq(demands.settlement(), address(settlement));
        vm.assertEq(abi.encode(demands.terms()), abi.encode(IDemands.Terms(GRACE, ANSWER_TIME, BOND)));
    }

    function test_refusesWrongTerms() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDemands.SettlementOfAnother.selector, address(settlement), address(demands))
        );
        new Demands(settlement, IDemands.Terms(GRACE, ANSWER_TIME, BOND));
        ISettlement.Terms memory ours = termsOfANewOne();
        ours.demands = next(1);
        settlement = newSettlement(ours);
        vm.expectRevert(IDemands.TimeMissing.selector);
        new Demands(settlement, IDemands.Terms(GRACE, 0, BOND));
    }

    function test_anUnansweredDemandIsPaidOutOfTheStake() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        bytes32 hash = hashOf(receipt);
        overdue(acknowledgement);
        uint40 deadline = uint40(block.timestamp) + ANSWER_TIME;
        vm.expectEmit(address(demands));
        emit IDemands.Demanded(hash, dispatcher, workerOwner, 20, claimant, deadline);
        demand(receipt, acknowledgement, "");
        vm.assertEq(
            abi.encode(demands.demandOf(hash)),
            abi.encode(IDemands.Demand(claimant, deadline, IDemands.State.Open, dispatcher, workerOwner, 20, 0))
        );
        vm.assertEq(token.balanceOf(address(demands)), BOND);

        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IDemands.AnswerTimeNotOver.selector, deadline));
        demands.enforce(hash);
        elapse(1);
        vm.expectEmit(address(demands));
        emit IDemands.DemandWon(hash, workerOwner, 20);
        demands.enforce(hash);

        vm.assertEq(demands.owed(workerOwner), 20);
        vm.assertEq(demands.owed(claimant), BOND);
        vm.assertEq(stakes.bonded(dispatcher), STAKE - 20);
        vm.assertEq(settlement.batchChain(dispatcher).frozen, true);
        vm.prank(workerOwner);
        vm.assertEq(demands.collect(), 20);
        vm.expectRevert(abi.encodeWithSelector(IDemands.DemandNotOpen.selector, hash, IDemands.State.Won));
        demands.enforce(hash);
        demand(receipt, acknowledgement, abi.encodeWithSelector(IDemands.DemandExists.selector, hash, 3));
    }

    function test_aSmallStakePaysWhatThereIs() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        overdue(acknowledgement);
        demand(receipt, acknowledgement, "");
        vm.startPrank(address(court));
        stakes.take(dispatcher, STAKE - 5);
        vm.stopPrank();
        elapse(ANSWER_TIME + 1);
        demands.enforce(hashOf(receipt));

        vm.assertEq(demands.owed(workerOwner), 5);
    }

    function test_twoDemandsFreezeOnce() public {
        (Receipt memory first, Acknowledgement memory ofFirst) = acknowledged(80);
        (Receipt memory second, Acknowledgement memory ofSecond) = acknowledged(60);
        overdue(ofFirst);
        demand(first, ofFirst, "");
        demand(second, ofSecond, "");
        elapse(ANSWER_TIME + 1);
        demands.enforce(hashOf(first));
        demands.enforce(hashOf(second));

        vm.assertEq(demands.owed(workerOwner), 35);
        vm.assertEq(demands.owed(claimant), 2 * BOND);
    }

    function test_aSettledReceiptAnswersTheDemand() public {
        Docket memory docket = aDocket(3, 0);
        settle(docket.batch);
        Receipt memory receipt = docket.charges[1].receipt;
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        overdue(acknowledgement);
        demand(receipt, acknowledgement, "");

        bytes32 hash = hashOf(receipt);
        vm.expectEmit(address(demands));
        emit IDemands.DemandAnswered(hash, headerHash(docket.batch), address(this));
        answer(docket, hash, 1);

        vm.assertEq(demands.owed(address(this)), BOND);
        vm.expectRevert(abi.encodeWithSelector(IDemands.DemandNotOpen.selector, hash, IDemands.State.Answered));
        demands.enforce(hash);
        demand(receipt, acknowledgement, abi.encodeWithSelector(IDemands.DemandExists.selector, hash, 2));
        vm.expectRevert(abi.encodeWithSelector(IDemands.DemandNotOpen.selector, hash, IDemands.State.Answered));
        answer(docket, hash, 1);
    }

    function test_aReceiptThatIsSettledLateAnswersToo() public {
        Docket memory docket = aDocket(1, 0);
        Receipt memory receipt = docket.charges[0].receipt;
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        overdue(acknowledgement);
        demand(receipt, acknowledgement, "");
        elapse(ANSWER_TIME + 1);
        settle(docket.batch);

        answer(docket, hashOf(receipt), 0);
        vm.assertEq(settlement.batchChain(dispatcher).frozen, false);
    }

    function test_anAnswerByABatchThatIsCancelledLaterIsNone() public {
        Docket memory docket = aDocket(1, 0);
        Receipt memory receipt = docket.charges[0].receipt;
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        overdue(acknowledgement);
        settle(docket.batch);
        bytes32 hash = hashOf(receipt);
        demand(receipt, acknowledgement, "");
        answer(docket, hash, 0);
        challenge(docket);
        elapse(ANSWER_TIME + 1);
        cancel(docket, ICourt.Subject.Debit);

        demand(receipt, acknowledgement, "");
        elapse(ANSWER_TIME + 1);
        vm.expectRevert(abi.encodeWithSelector(IDemands.NotSettled.selector, hash));
        answer(docket, hash, 0);
        demands.enforce(hash);
        vm.assertEq(demands.owed(workerOwner), 2);
    }

    function test_refusesWhatAnswersAnotherDemand() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        Receipt memory receipt = docket.charges[0].receipt;
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        overdue(acknowledgement);
        demand(receipt, acknowledgement, "");
        bytes32 hash = hashOf(receipt);

        vm.expectRevert(abi.encodeWithSelector(IDemands.LeafOfAnotherReceipt.selector, hash, docket.leaves[1].receipt));
        answer(docket, hash, 1);
        docket.batch.header.dispatcher = worker;
        vm.expectRevert(abi.encodeWithSelector(IDemands.BatchOfAnotherDispatcher.selector, dispatcher, worker));
        answer(docket, hash, 0);
        docket.batch.header.dispatcher = dispatcher;
        docket.top[0].left = true;
        vm.expectRevert(abi.encodeWithSelector(IDemands.NotSettled.selector, hash));
        answer(docket, hash, 0);
    }

    function test_demandsOnlyInTime() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        uint256 from = acknowledgement.settleBy + GRACE;
        uint256 until = from + WITHDRAW_DELAY;
        bytes memory refusal = abi.encodeWithSelector(IDemands.NotDemandable.selector, from, until);

        vm.warp(from);
        demand(receipt, acknowledgement, refusal);
        vm.warp(until + 1);
        demand(receipt, acknowledgement, refusal);
        vm.warp(until);
        demand(receipt, acknowledgement, "");
    }

    function test_aPauseExcusesTheDispatcher() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        overdue(acknowledgement);
        bytes32 hash = hashOf(receipt);
        pause(true);
        demand(
            receipt,
            acknowledgement,
            abi.encodeWithSelector(
                IDemands.NotDemandable.selector,
                uint256(type(uint64).max) + GRACE,
                acknowledgement.settleBy + GRACE + WITHDRAW_DELAY
            )
        );
        pause(false);
        elapse(GRACE);
        demand(
            receipt,
            acknowledgement,
            abi.encodeWithSelector(
                IDemands.NotDemandable.selector, block.timestamp, acknowledgement.settleBy + GRACE + WITHDRAW_DELAY
            )
        );
        elapse(1);
        demand(receipt, acknowledgement, "");

        pause(true);
        elapse(ANSWER_TIME + 1);
        vm.expectPartialRevert(IDemands.AnswerTimeNotOver.selector);
        demands.enforce(hash);
        pause(false);
        elapse(ANSWER_TIME);
        vm.expectRevert(abi.encodeWithSelector(IDemands.AnswerTimeNotOver.selector, block.timestamp));
        demands.enforce(hash);
        elapse(1);
        demands.enforce(hash);
    }

    function test_refusesWhatWasNotAcknowledged() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        overdue(acknowledgement);
        bytes32 hash = hashOf(receipt);
        bytes memory byWorker = signed(receipt, "worker");
        bytes memory byDispatcher = signed(acknowledgement, "dispatcher");

        bytes memory wrong = signed(receipt, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, worker, dispatcher));
        demands.demand(receipt, wrong, acknowledgement, byDispatcher);
        wrong = signed(acknowledgement, "worker");
        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, dispatcher, worker));
        demands.demand(receipt, byWorker, acknowledgement, wrong);
        acknowledgement.receipt = keccak256("another receipt");
        byDispatcher = signed(acknowledgement, "dispatcher");
        vm.expectRevert(
            abi.encodeWithSelector(IDemands.AcknowledgementOfAnother.selector, hash, keccak256("another receipt"))
        );
        demands.demand(receipt, byWorker, acknowledgement, byDispatcher);
    }

    function test_refusesMalleatedAndForeignSignatures() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        overdue(acknowledgement);
        bytes memory byWorker = signed(receipt, "worker");
        bytes memory byDispatcher = signed(acknowledgement, "dispatcher");

        (bytes[3] memory wrong, bytes4[3] memory refusals) = foreignSignatures(hasher.structHash(receipt), "worker");
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectPartialRevert(refusals[i]);
            demands.demand(receipt, wrong[i], acknowledgement, byDispatcher);
        }
        (wrong, refusals) = foreignSignatures(hasher.structHash(acknowledgement), "dispatcher");
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectPartialRevert(refusals[i]);
            demands.demand(receipt, byWorker, acknowledgement, wrong[i]);
        }
        demand(receipt, acknowledgement, "");
    }

    function test_refusesADemandForNothing() public {
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(3);
        overdue(acknowledgement);
        demand(receipt, acknowledgement, abi.encodeWithSelector(IDemands.NothingDemanded.selector));
    }

    function test_refusesToEnforceNoDemand() public {
        vm.expectRevert(
            abi.encodeWithSelector(IDemands.DemandNotOpen.selector, bytes32("receipt"), IDemands.State.None)
        );
        demands.enforce("receipt");
    }

    function test_refusesABondInATokenThatTakesAFee() public {
        FeeToken fee = new FeeToken();
        deployFor(IERC20(address(fee)));
        enrolWithoutStake("dispatcher");
        admit(Roles.WORKER, "worker");
        fee.mint(claimant, BOND);
        vm.prank(claimant);
        fee.approve(address(demands), BOND);
        (Receipt memory receipt, Acknowledgement memory acknowledgement) = acknowledged(80);
        overdue(acknowledgement);

        demand(receipt, acknowledgement, abi.encodeWithSelector(IBonds.BondInexact.selector, BOND, BOND - BOND / 100));
    }

    function acknowledged(uint128 total) private view returns (Receipt memory receipt, Acknowledgement memory) {
        receipt = aReceipt(TaskId.wrap("task"), total);
        return (receipt, anAcknowledgement(receipt));
    }

    function overdue(Acknowledgement memory acknowledgement) private {
        vm.warp(acknowledgement.settleBy + GRACE + 1);
    }

    function demand(Receipt memory receipt, Acknowledgement memory acknowledgement, bytes memory refusal) private {
        bytes memory byWorker = signed(receipt, "worker");
        bytes memory byDispatcher = signed(acknowledgement, "dispatcher");
        if (refusal.length > 0) vm.expectRevert(refusal);
        vm.prank(claimant);
        demands.demand(receipt, byWorker, acknowledgement, byDispatcher);
    }

    function answer(Docket memory docket, bytes32 receipt, uint256 index) private {
        ReceiptProof memory proof = TreeBuilder.proofOf(docket.leaves, index, docket.top);
        demands.answer(receipt, docket.batch.header, docket.leaves[index], proof);
    }

    function pause(bool paused) private {
        vm.prank(GOVERNANCE);
        registry.setPaused(paused);
    }
}
