// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Credit, Debit, RequestPayment, SignedBatch} from "../src/types/Batch.sol";
import {NodeCertificate, Roles} from "../src/types/NodeCertificate.sol";
import {TaskId} from "../src/types/Order.sol";
import {Deployment} from "./support/Deployment.sol";

/// @notice Batches of a dispatcher, and the credits that they leave.
contract SettlementBatchTest is Deployment {
    address private payer = accountOf("payer");
    address private provider = accountOf("provider");
    address private worker = accountOf("worker");
    address private dispatcher = accountOf("dispatcher");

    function setUp() public {
        deploy();
        enrol("dispatcher");
        open("payer", "dispatcher", 0, 1000);
    }

    function test_movesMoneyFromLanesToCredits() public {
        Credit[] memory credits = new Credit[](2);
        credits[0] = Credit(provider, 70);
        credits[1] = Credit(worker, 30);
        SignedBatch memory batch = aBatch("dispatcher", list(Debit(payer, 0, 12, 100)), noRequests(), credits);

        vm.expectEmit(address(settlement));
        emit ISettlement.Settled(dispatcher, 1, headerHash(batch), keccak256("receipts"), 12, 100);
        vm.expectEmit(address(settlement));
        emit ISettlement.LaneDebited(payer, dispatcher, 0, 0, 12, 100);
        vm.expectEmit(address(settlement));
        emit ISettlement.Credited(provider, dispatcher, 70);
        vm.expectEmit(address(settlement));
        emit ISettlement.Credited(worker, dispatcher, 30);
        vm.prank(accountOf("anybody"));
        settle(batch);

        vm.assertEq(settlement.allowance(payer, dispatcher, 0).remaining, 900);
        vm.assertEq(settlement.allowance(payer, dispatcher, 0).settledSequence, 12);
        vm.assertEq(settlement.pending(provider), 70);
        vm.assertEq(settlement.pending(worker), 30);
        vm.assertEq(settlement.batchChain(dispatcher).number, 1);
        vm.assertEq(settlement.batchChain(dispatcher).head, headerHash(batch));
    }

    function test_batchesFollowEachOther() public {
        settle(charge(5, 10));
        settle(charge(6, 10));
        SignedBatch memory third = charge(16, 0);
        settle(third);

        vm.assertEq(settlement.batchChain(dispatcher).number, 3);
        vm.assertEq(settlement.batchChain(dispatcher).head, headerHash(third));
        vm.assertEq(settlement.allowance(payer, dispatcher, 0).settledSequence, 16);
        vm.assertEq(settlement.pending(provider), 20);
    }

    function test_settlesLanesAndRequestsInOneBatch() public {
        fund("payer", 50);
        TaskId taskId = ask("payer", 50, "salt");
        SignedBatch memory batch = aBatch(
            "dispatcher", list(Debit(payer, 0, 3, 60)), list(RequestPayment(taskId, 40)), list(Credit(provider, 100))
        );

        vm.assertEq(batch.header.count, 4);
        settle(batch);

        vm.assertEq(settlement.pending(provider), 100);
        vm.assertEq(settlement.balance(payer), 10);
    }

    function test_aBatchOfVoidTasksMovesNothing() public {
        settle(aBatch("dispatcher", list(Debit(payer, 0, 2, 0)), noRequests(), noCredits()));

        vm.assertEq(settlement.allowance(payer, dispatcher, 0).remaining, 1000);
        vm.assertEq(settlement.allowance(payer, dispatcher, 0).settledSequence, 2);
    }

    function test_dispatchersAndLanesKeepSequencesOfTheirOwn() public {
        enrol("another dispatcher");
        open("payer", "another dispatcher", 0, 10);
        open("payer", "dispatcher", 1, 10);

        settle(charge(9, 1));
        settle(aBatch("dispatcher", list(Debit(payer, 1, 2, 1)), noRequests(), list(Credit(provider, 1))));
        settle(aBatch("another dispatcher", list(Debit(payer, 0, 4, 1)), noRequests(), list(Credit(provider, 1))));

        vm.assertEq(settlement.allowance(payer, dispatcher, 0).settledSequence, 9);
        vm.assertEq(settlement.allowance(payer, dispatcher, 1).settledSequence, 2);
        vm.assertEq(settlement.allowance(payer, accountOf("another dispatcher"), 0).settledSequence, 4);
        vm.assertEq(settlement.batchChain(accountOf("another dispatcher")).number, 1);
    }

    function test_refusesAWrongSignature() public {
        SignedBatch memory batch = charge(5, 10);
        resign(batch, "somebody else");

        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, dispatcher, accountOf("somebody else")));
        settle(batch);
    }

    function test_refusesASignatureForAnotherChainOrDeployment() public {
        SignedBatch memory batch = charge(5, 10);
        bytes memory here = batch.signature;
        batch.signature = sign("dispatcher", hasher.digest(address(registry), hasher.structHash(batch.header)));
        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        settle(batch);

        batch.signature = here;
        vm.chainId(1);
        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        settle(batch);
    }

    function test_refusesAMalleatedSignature() public {
        SignedBatch memory batch = charge(5, 10);
        bytes32 s;
        (batch.signature, s) = malleate(batch.signature);

        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        settle(batch);
    }

    function testFuzz_refusesAHeaderChangedAfterSigning(uint8 field, uint64 by) public {
        SignedBatch memory batch = charge(5, 10);
        by = uint64(within(by, 1, type(uint32).max));
        field = uint8(within(field, 0, 8));
        if (field == 0) batch.header.dispatcher = address(uint160(batch.header.dispatcher) ^ by);
        if (field == 1) batch.header.number ^= by;
        if (field == 2) batch.header.previous ^= bytes32(uint256(by));
        if (field == 3) batch.header.receiptsRoot ^= bytes32(uint256(by));
        if (field == 4) batch.header.count ^= uint32(by);
        if (field == 5) batch.header.total ^= by;
        if (field == 6) batch.header.debits ^= bytes32(uint256(by));
        if (field == 7) batch.header.requests ^= bytes32(uint256(by));
        if (field == 8) batch.header.credits ^= bytes32(uint256(by));

        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        settle(batch);
    }

    function test_refusesARevokedDispatcher() public {
        SignedBatch memory batch = charge(5, 10);
        vm.prank(GOVERNANCE);
        registry.revoke(dispatcher);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.DispatcherNotActive.selector, dispatcher));
        settle(batch);
    }

    function test_refusesAnExpiredDispatcher() public {
        SignedBatch memory batch = charge(5, 10);
        vm.warp(registry.node(dispatcher).notAfter + 1);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.DispatcherNotActive.selector, dispatcher));
        settle(batch);
    }

    function test_refusesADispatcherWhoseMeasurementIsNotAcceptedAnyMore() public {
        SignedBatch memory batch = charge(5, 10);
        vm.prank(GOVERNANCE);
        registry.setMeasurement(Roles.DISPATCHER, keccak256(MEASUREMENT), false);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.DispatcherNotActive.selector, dispatcher));
        settle(batch);
    }

    function test_refusesAWorkerAsDispatcher() public {
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "worker");
        registry.admit(certificate, signed(certificate, "manager"));
        open("payer", "worker", 0, 10);
        SignedBatch memory batch = aBatch("worker", list(Debit(payer, 0, 1, 1)), noRequests(), list(Credit(worker, 1)));

        vm.expectRevert(abi.encodeWithSelector(ISettlement.DispatcherNotActive.selector, worker));
        settle(batch);
    }

    function test_refusesAReplayedBatch() public {
        SignedBatch memory batch = charge(5, 10);
        settle(batch);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchOutOfOrder.selector, dispatcher, 2, 1));
        settle(batch);
    }

    function test_refusesABatchOutOfOrder() public {
        SignedBatch memory batch = charge(5, 10);
        batch.header.number = 2;
        resign(batch, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchOutOfOrder.selector, dispatcher, 1, 2));
        settle(batch);

        batch.header.number = 0;
        resign(batch, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchOutOfOrder.selector, dispatcher, 1, 0));
        settle(batch);
    }

    function test_refusesABatchThatDoesNotNameItsPredecessor() public {
        settle(charge(5, 10));
        SignedBatch memory batch = charge(6, 10);
        bytes32 head = batch.header.previous;
        batch.header.previous = "fork";
        resign(batch, "dispatcher");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchNotLinked.selector, dispatcher, head, bytes32("fork")));
        settle(batch);
    }

    function test_refusesARangeThatOverlapsASettledOne() public {
        settle(charge(5, 10));
        SignedBatch memory same = charge(5, 10);
        SignedBatch memory earlier = charge(4, 10);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.SequenceNotAfter.selector, payer, dispatcher, 0, 5, 5));
        settle(same);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SequenceNotAfter.selector, payer, dispatcher, 0, 5, 4));
        settle(earlier);
    }

    function test_refusesTheSameRangeTwiceInOneBatch() public {
        Debit[] memory twice = new Debit[](2);
        twice[0] = Debit(payer, 0, 5, 10);
        twice[1] = Debit(payer, 0, 5, 10);
        SignedBatch memory batch = aBatch("dispatcher", twice, noRequests(), list(Credit(provider, 20)));

        vm.expectRevert(abi.encodeWithSelector(ISettlement.SequenceNotAfter.selector, payer, dispatcher, 0, 5, 5));
        settle(batch);
    }

    function test_refusesARangeThatSkipsTasksOfTheCount() public {
        SignedBatch memory batch = charge(5, 10);
        batch.header.count = 4;
        resign(batch, "dispatcher");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchCountMismatch.selector, 5, 4));
        settle(batch);
    }

    function testFuzz_refusesMoreThanTheAllowance(uint128 amount) public {
        amount = uint128(within(amount, 1001, type(uint128).max));
        fund("payer", type(uint128).max);
        SignedBatch memory batch = charge(1, amount);

        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.AllowanceExceeded.selector, payer, dispatcher, 0, 1000, amount)
        );
        settle(batch);
    }

    function test_refusesALaneThatWasNeverOpenedForThisDispatcher() public {
        open("payer", "another dispatcher", 3, 100);
        SignedBatch memory batch =
            aBatch("dispatcher", list(Debit(payer, 3, 1, 1)), noRequests(), list(Credit(provider, 1)));

        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.AllowanceOver.selector, payer, dispatcher, 3, WITHDRAW_DELAY)
        );
        settle(batch);
    }

    function test_debitsAClosedLaneUntilItCanBeReleased() public {
        vm.prank(payer);
        settlement.close(dispatcher, 0);
        uint256 releasableAt = block.timestamp + WITHDRAW_DELAY;
        SignedBatch memory batch = charge(5, 10);

        vm.warp(releasableAt);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceOver.selector, payer, dispatcher, 0, releasableAt));
        settle(batch);
        vm.warp(releasableAt - 1);
        settle(batch);

        vm.warp(releasableAt);
        vm.prank(payer);
        settlement.release(dispatcher, 0);
        vm.assertEq(settlement.balance(payer), 990);
    }

    function test_aLaneOpenedAgainGoesOnWithItsSequences() public {
        settle(charge(5, 10));
        vm.prank(payer);
        settlement.close(dispatcher, 0);
        elapse(WITHDRAW_DELAY);
        vm.startPrank(payer);
        settlement.release(dispatcher, 0);
        settlement.allow(dispatcher, 0, 100, uint40(block.timestamp + 1 days));
        vm.stopPrank();

        vm.assertEq(settlement.allowance(payer, dispatcher, 0).settledSequence, 5);
        SignedBatch memory batch = charge(5, 10);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SequenceNotAfter.selector, payer, dispatcher, 0, 5, 5));
        settle(batch);
        settle(charge(6, 10));
    }

    function test_refusesAnUnbalancedBatch() public {
        SignedBatch memory batch =
            aBatch("dispatcher", list(Debit(payer, 0, 1, 10)), noRequests(), list(Credit(provider, 11)));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchUnbalanced.selector, 10, 11, 11));
        settle(batch);

        batch = aBatch("dispatcher", list(Debit(payer, 0, 1, 10)), noRequests(), list(Credit(provider, 9)));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchUnbalanced.selector, 10, 9, 9));
        settle(batch);

        batch = charge(1, 10);
        batch.header.total = 11;
        resign(batch, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchUnbalanced.selector, 10, 10, 11));
        settle(batch);
    }

    function test_refusesCreditsThatWrapAround() public {
        Credit[] memory credits = new Credit[](3);
        credits[0] = Credit(provider, type(uint112).max);
        credits[1] = Credit(provider, 1);
        credits[2] = Credit(worker, 10);
        SignedBatch memory batch = aBatch("dispatcher", list(Debit(payer, 0, 1, 10)), noRequests(), noCredits());
        batch.credits = credits;
        batch.header.credits = keccak256(abi.encode(credits));
        batch.header.total = 10;
        resign(batch, "dispatcher");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.CreditTooLarge.selector, provider, uint256(1) << 112));
        settle(batch);
    }

    function test_refusesPartsThatWereNotSigned() public {
        SignedBatch memory batch = charge(5, 10);
        batch.debits = list(Debit(accountOf("somebody else"), 0, 5, 10));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.DebitsMismatch.selector, batch.header.debits, keccak256(abi.encode(batch.debits))
            )
        );
        settle(batch);

        batch = charge(5, 10);
        batch.requests = list(RequestPayment(TaskId.wrap("task"), 1));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.RequestsMismatch.selector, batch.header.requests, keccak256(abi.encode(batch.requests))
            )
        );
        settle(batch);

        batch = charge(5, 10);
        batch.credits = list(Credit(accountOf("thief"), 10));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.CreditsMismatch.selector, batch.header.credits, keccak256(abi.encode(batch.credits))
            )
        );
        settle(batch);
    }

    function test_settlesTheLargestBatchAndNoneLarger() public {
        fund("payer", 30);
        Debit[] memory debits = new Debit[](250);
        for (uint32 i = 0; i < debits.length; i++) {
            vm.prank(payer);
            settlement.allow(dispatcher, 100 + i, 0, uint40(block.timestamp + 1 days));
            debits[i] = Debit(payer, 100 + i, 1, 0);
        }
        RequestPayment[] memory payments = new RequestPayment[](30);
        for (uint256 i = 0; i < payments.length; i++) {
            payments[i] = RequestPayment(ask("payer", 1, bytes32(i)), 1);
        }
        Credit[] memory credits = new Credit[](104);
        for (uint160 i = 0; i < credits.length; i++) {
            credits[i] = Credit(address(i + 1), i < 30 ? 1 : 0);
        }

        refusesTooLarge(new Debit[](251), payments, credits);
        refusesTooLarge(debits, new RequestPayment[](31), credits);
        refusesTooLarge(debits, payments, new Credit[](105));
        settle(aBatch("dispatcher", debits, payments, credits));

        vm.assertEq(settlement.batchChain(dispatcher).number, 1);
    }

    function refusesTooLarge(Debit[] memory debits, RequestPayment[] memory payments, Credit[] memory credits) private {
        SignedBatch memory batch = aBatch("dispatcher", debits, payments, credits);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.BatchTooLarge.selector, 385, 384));
        settle(batch);
    }

    function test_refusesToCreditNobody() public {
        SignedBatch memory batch =
            aBatch("dispatcher", list(Debit(payer, 0, 1, 10)), noRequests(), list(Credit(address(0), 10)));

        vm.expectRevert(ISettlement.CreditToNobody.selector);
        settle(batch);
    }

    function test_aRefusedBatchChangesNothing() public {
        SignedBatch memory batch =
            aBatch("dispatcher", list(Debit(payer, 0, 1, 10)), noRequests(), list(Credit(provider, 11)));
        vm.expectPartialRevert(ISettlement.BatchUnbalanced.selector);
        settle(batch);

        vm.assertEq(settlement.batchChain(dispatcher).number, 0);
        vm.assertEq(settlement.allowance(payer, dispatcher, 0).remaining, 1000);
        vm.assertEq(settlement.pending(provider), 0);
    }

    function test_creditsAddUpAndArePulledByTheirOwner() public {
        settle(charge(5, 10));
        settle(charge(6, 15));
        mature();

        vm.expectEmit(address(settlement));
        emit ISettlement.CreditClaimed(provider, 25);
        vm.prank(provider);
        uint256 amount = settlement.claim();

        vm.assertEq(amount, 25);
        vm.assertEq(token.balanceOf(provider), 25);
        vm.assertEq(settlement.pending(provider), 0);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NothingToClaim.selector, provider));
        vm.prank(provider);
        settlement.claim();
    }

    function testFuzz_whatLanesLoseCreditsGain(uint128[8] calldata amounts, uint8[8] calldata steps, uint256 cut)
        public
    {
        Debit[] memory debits = new Debit[](8);
        uint128 total = 0;
        uint256 count = 0;
        for (uint32 lane = 0; lane < 8; lane++) {
            uint128 budget = amounts[lane] >> 20;
            uint128 amount = budget / 2;
            uint64 to = uint64(steps[lane]) + 1;
            open("many", "dispatcher", lane, budget);
            debits[lane] = Debit(accountOf("many"), lane, to, amount);
            total += amount;
            count += to;
        }
        Credit[] memory credits = new Credit[](3);
        credits[0] = Credit(provider, uint128(within(cut, 0, total)));
        credits[1] = Credit(worker, (total - credits[0].amount) / 2);
        credits[2] = Credit(provider, total - credits[0].amount - credits[1].amount);
        uint256 held = token.balanceOf(address(settlement));

        SignedBatch memory batch = aBatch("dispatcher", debits, noRequests(), credits);
        vm.assertEq(batch.header.count, count);
        settle(batch);

        uint256 remaining = 0;
        for (uint32 lane = 0; lane < 8; lane++) {
            remaining += settlement.allowance(accountOf("many"), dispatcher, lane).remaining;
        }
        vm.assertEq(settlement.pending(provider) + settlement.pending(worker), total);
        vm.assertEq(remaining + total + 1000, held);
    }

    /// @dev Charges the payer's lane up to `to`, all for the provider.
    function charge(uint64 to, uint128 amount) private view returns (SignedBatch memory) {
        return aBatch("dispatcher", list(Debit(payer, 0, to, amount)), noRequests(), list(Credit(provider, amount)));
    }
}
