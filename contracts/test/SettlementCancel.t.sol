// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICourt} from "../src/interfaces/ICourt.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Credit, Debit, SignedBatch} from "../src/types/Batch.sol";
import {Leaf, ReceiptProof} from "../src/types/ReceiptProof.sol";
import {Courtroom} from "./support/Courtroom.sol";
import {TreeBuilder} from "./support/TreeBuilder.sol";

/// @notice What is not final: pending credits, stakes behind batches, and what a cancellation gives back.
contract SettlementCancelTest is Courtroom {
    ICourt.Subject private constant DEBIT = ICourt.Subject.Debit;
    address private provider = accountOf("provider");

    function setUp() public {
        convene();
    }

    // Credits in time.

    function test_creditsMatureTwoPeriodsLater() public {
        vm.warp(START - 1 minutes + PERIOD - 1);
        settle(aDocket(1, 0).batch);
        uint256 first = settlement.pending(provider);
        elapse(1);
        settle(aDocket(2, 0).batch);
        uint256 second = settlement.pending(provider) - first;
        vm.assertEq(settlement.claimable(provider), 0);

        elapse(PERIOD - 1);
        vm.assertEq(settlement.claimable(provider), 0);
        elapse(1);
        vm.assertEq(settlement.claimable(provider), first);
        vm.assertEq(settlement.pending(provider), second);
        elapse(PERIOD);
        vm.assertEq(settlement.claimable(provider), first + second);
        vm.assertEq(settlement.pending(provider), 0);
    }

    function test_claimPaysWhatMaturedAndKeepsTheRest() public {
        settle(aDocket(1, 0).batch);
        uint256 first = settlement.pending(provider);
        elapse(PERIOD);
        settle(aDocket(1, 0).batch);
        elapse(PERIOD);
        settle(aDocket(1, 0).batch);

        vm.prank(provider);
        vm.assertEq(settlement.claim(), first);

        vm.assertEq(settlement.claimable(provider), 0);
        vm.assertEq(settlement.held(), token.balanceOf(address(settlement)));
        vm.assertEq(settlement.pending(provider), 2 * first);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NothingToClaim.selector, provider));
        vm.prank(provider);
        settlement.claim();
        elapse(PERIOD);
        vm.prank(provider);
        vm.assertEq(settlement.claim(), first);
    }

    function testFuzz_nothingIsLostInTime(uint256[12] calldata waits) public {
        uint256 earned = 0;
        for (uint256 i = 0; i < waits.length; i++) {
            SignedBatch memory batch = aDocket(1 + i % 3, 0).batch;
            settle(batch);
            earned += batch.credits[0].amount;
            vm.assertEq(settlement.pending(provider) + settlement.claimable(provider), earned);
            elapse(waits[i] % (3 * PERIOD));
            vm.assertEq(settlement.pending(provider) + settlement.claimable(provider), earned);
            if (block.timestamp > START + 9 days) break;
        }
        mature();
        vm.prank(provider);
        vm.assertEq(settlement.claim(), earned);
    }

    function test_refusesCreditsBeyondAPurse() public {
        fund("payer", type(uint128).max);
        vm.prank(payer);
        settlement.allow(dispatcher, 0, 1 << 120, uint40(block.timestamp + 10 days));
        Debit[] memory debits = list(Debit(payer, 0, 1, 1 << 112));
        SignedBatch memory batch = aBatch("dispatcher", debits, noRequests(), list(Credit(provider, 1 << 112)));

        vm.expectRevert(abi.encodeWithSelector(ISettlement.CreditTooLarge.selector, provider, uint256(1) << 112));
        settle(batch);
    }

    function test_refusesMaturedCreditsBeyondAPurse() public {
        uint128 most = type(uint112).max;
        fund("payer", type(uint128).max);
        vm.prank(payer);
        settlement.allow(dispatcher, 0, 1 << 120, uint40(block.timestamp + 10 days));
        for (uint64 i = 1; i <= 2; i++) {
            Debit[] memory debits = list(Debit(payer, 0, i, most));
            settle(aBatch("dispatcher", debits, noRequests(), list(Credit(provider, most))));
            elapse(2 * PERIOD);
        }
        vm.assertEq(settlement.claimable(provider), 2 * uint256(most));
        SignedBatch memory batch =
            aBatch("dispatcher", list(Debit(payer, 0, 3, 1)), noRequests(), list(Credit(provider, 1)));

        vm.expectRevert(abi.encodeWithSelector(ISettlement.CreditTooLarge.selector, provider, 2 * uint256(most)));
        settle(batch);
        vm.prank(provider);
        vm.assertEq(settlement.claim(), 2 * uint256(most));
        settle(batch);
        vm.assertEq(settlement.pending(provider), 1);
    }

    /// @dev A claim in between takes what matured and leaves the rest of both purses.
    function test_aClaimLeavesWhatIsPendingInBothPurses() public {
        settle(charge(100));
        elapse(PERIOD);
        settle(charge(20));
        elapse(PERIOD);
        settle(charge(3));

        vm.assertEq(settlement.claimable(provider), 100);
        vm.prank(provider);
        vm.assertEq(settlement.claim(), 100);
        vm.assertEq(settlement.pending(provider), 23);
        vm.assertEq(settlement.claimable(provider), 0);
        elapse(PERIOD);
        vm.prank(provider);
        vm.assertEq(settlement.claim(), 20);
        elapse(PERIOD);
        vm.prank(provider);
        vm.assertEq(settlement.claim(), 3);
    }

    // Stakes.

    function test_whatIsNotFinalStaysWithinTheStake() public {
        vm.prank(accountOf("operator"));
        stakes.unbond(dispatcher, STAKE - 300);
        SignedBatch memory batch = charge(200);
        settle(batch);
        vm.assertEq(settlement.unfinalDebits(dispatcher), 200);
        batch = charge(101);
        bytes memory tooSmall = abi.encodeWithSelector(ISettlement.StakeTooSmall.selector, dispatcher, 300, 301);
        vm.expectRevert(tooSmall);
        settle(batch);
        settle(charge(100));

        elapse(PERIOD);
        vm.assertEq(settlement.unfinalDebits(dispatcher), 300);
        batch = charge(1);
        vm.expectRevert(tooSmall);
        settle(batch);
        elapse(PERIOD);
        vm.assertEq(settlement.unfinalDebits(dispatcher), 0);
        settle(charge(300));
        elapse(PERIOD);
        batch = charge(1);
        vm.expectRevert(tooSmall);
        settle(batch);
    }

    function test_aDispatcherWithoutStakeSettlesVoidsOnly() public {
        enrolWithoutStake("poor dispatcher");
        open("payer", "poor dispatcher", 0, 10);
        address poor = accountOf("poor dispatcher");

        settle(aBatch("poor dispatcher", list(Debit(payer, 0, 3, 0)), noRequests(), noCredits()));
        SignedBatch memory batch =
            aBatch("poor dispatcher", list(Debit(payer, 0, 4, 1)), noRequests(), list(Credit(provider, 1)));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.StakeTooSmall.selector, poor, 0, 1));
        settle(batch);
    }

    // Cancellation.

    function test_onlyTheCourtCancelsAndOnlyDemandsFreeze() public {
        SignedBatch memory batch = aDocket(1, 0).batch;
        settle(batch);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.CourtOnly.selector, address(this)));
        settlement.cancel(batch.header, batch.debits, batch.requests, batch.credits);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.CourtOnly.selector, address(this)));
        settlement.freeze(dispatcher);
    }

    function test_cancelRefusesPartsThatWereNotSigned() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        elapse(ANSWER_TIME + 1);
        SignedBatch memory batch = docket.batch;

        vm.expectPartialRevert(ISettlement.DebitsMismatch.selector);
        court.cancel(batch.header, DEBIT, 0, noDebits(), batch.requests, batch.credits);
        vm.expectPartialRevert(ISettlement.RequestsMismatch.selector);
        court.cancel(batch.header, DEBIT, 0, batch.debits, noRequests(), batch.credits);
        vm.expectPartialRevert(ISettlement.CreditsMismatch.selector);
        court.cancel(batch.header, DEBIT, 0, batch.debits, batch.requests, noCredits());
    }

    function test_cancelTakesBackOnlyItsOwnCredits() public {
        Docket memory wrong = aDocket(1, 0);
        settle(wrong.batch);
        settle(aDocket(2, 0).batch);
        uint256 honest = settlement.pending(provider) - wrong.batch.credits[0].amount;
        elapse(WINDOW);
        challenge(wrong);
        elapse(ANSWER_TIME + 1);
        cancel(wrong, DEBIT);
        vm.assertEq(settlement.pending(provider), honest);

        mature();
        vm.prank(provider);
        vm.assertEq(settlement.claim(), honest);
    }

    function test_cancelInTheNextPeriodTakesBackThePreviousOnes() public {
        Docket memory wrong = aDocket(1, 0);
        challenged(wrong);
        elapse(PERIOD);
        cancel(wrong, DEBIT);

        vm.assertEq(settlement.pending(provider), 0);
        vm.assertEq(stakes.bonded(dispatcher), STAKE - REWARD_MAX);
    }

    function test_afterCreditsMaturedTheStakePays() public {
        Docket memory wrong = aDocket(2, 0);
        uint128 total = wrong.batch.header.total;
        challenged(wrong);
        mature();
        vm.prank(provider);
        settlement.claim();

        vm.expectEmit(address(settlement));
        emit ISettlement.BatchCancelled(dispatcher, 1, headerHash(wrong.batch), total);
        cancel(wrong, DEBIT);

        vm.assertEq(settlement.balance(payer), 21);
        vm.assertEq(settlement.balance(accountOf("other payer")), 40);
        vm.assertEq(settlement.balance(accountOf("asker")), 1_000_000);
        vm.assertEq(settlement.claimable(accountOf("worker owner")), total / 4);
        vm.assertEq(stakes.bonded(dispatcher), STAKE - total - REWARD_MAX);
        vm.assertEq(token.balanceOf(address(settlement)), 3_000_000 + total - wrong.batch.credits[0].amount);
    }

    function test_aStakeThatIsTooSmallPaysInProportion() public {
        Docket memory wrong = aDocket(2, 0);
        challenged(wrong);
        vm.prank(accountOf("operator"));
        stakes.unbond(dispatcher, STAKE - 50);
        elapse(UNBONDING_TIME);
        vm.prank(accountOf("operator"));
        stakes.withdraw(dispatcher);

        vm.expectEmit(address(court));
        emit ICourt.ChallengeWon(headerHash(wrong.batch), DEBIT, 0, challenger, 0);
        cancel(wrong, DEBIT);

        vm.assertEq(settlement.held(), token.balanceOf(address(settlement)));
        // 50 of 121: for 21, 40 and 60.
        vm.assertEq(settlement.balance(payer), 8);
        vm.assertEq(settlement.balance(accountOf("other payer")), 17);
        vm.assertEq(settlement.balance(accountOf("asker")), 1_000_000 - 60 + 25);
        vm.assertEq(stakes.bonded(dispatcher), 0);
    }

    function testFuzz_whatTheStakeGivesIsSharedToTheUnit(uint128[6] calldata amounts, uint256 left) public {
        Debit[] memory debits = new Debit[](6);
        uint128 total = 0;
        for (uint32 lane = 0; lane < 6; lane++) {
            uint128 amount = uint128(within(amounts[lane], 1, 1 << 100));
            open("many", "dispatcher", lane, amount);
            debits[lane] = Debit(accountOf("many"), lane, 1, amount);
            total += amount;
        }
        uint128 rest = uint128(within(left, 1, total));
        SignedBatch memory batch = aBatch("dispatcher", debits, noRequests(), list(Credit(provider, total)));
        settle(batch);
        vm.prank(challenger);
        court.challengeDebit(batch.header, debits, new uint64[](6), 3);
        vm.startPrank(accountOf("operator"));
        stakes.unbond(dispatcher, STAKE - rest);
        elapse(UNBONDING_TIME);
        stakes.withdraw(dispatcher);
        vm.stopPrank();
        court.cancel(batch.header, DEBIT, 3, debits, batch.requests, batch.credits);

        vm.assertEq(settlement.balance(accountOf("many")), rest);
    }

    // Proofs.

    function test_receiptsAreProvableForEver() public {
        Docket memory docket = aDocket(5, 4);
        ReceiptProof memory proof = TreeBuilder.proofOf(docket.leaves, 3, docket.top);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[3], proof), false);
        settle(docket.batch);
        elapse(365 days);

        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[3], proof), true);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[4], proof), false);
        proof = TreeBuilder.proofOf(docket.leaves, 2, docket.top);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[2], proof), true);
        proof = TreeBuilder.proofOf(docket.requestLeaf, 0, docket.requestTop);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.requestLeaf[0], proof), true);
    }

    function testFuzz_noOtherLeafOrPathProves(uint8 what, uint256 by) public {
        Docket memory docket = aDocket(5, 0);
        settle(docket.batch);
        ReceiptProof memory proof = TreeBuilder.proofOf(docket.leaves, 1, docket.top);
        Leaf memory leaf = docket.leaves[1];
        by = within(by, 1, type(uint8).max);
        what = uint8(within(what, 0, 11));
        if (what == 0) leaf.payer = address(uint160(leaf.payer) ^ uint160(by));
        if (what == 1) leaf.lane ^= uint32(by);
        if (what == 2) leaf.sequence ^= uint64(by);
        if (what == 3) leaf.kind ^= uint8(by);
        if (what == 4) leaf.receipt ^= bytes32(by);
        if (what == 5) leaf.amount ^= uint128(by);
        if (what == 6) proof.groupLeaves ^= uint32(by);
        if (what == 7) proof.group[by % 3].sum ^= uint128(by);
        if (what == 8) proof.top[by % 2].hash ^= bytes32(by);
        if (what == 9) proof.top[by % 2].left = !proof.top[by % 2].left;
        if (what == 10) proof.group[by % 3].left = !proof.group[by % 3].left;
        if (what == 11) proof.top[by % 2].sum = type(uint128).max;

        vm.assertEq(settlement.isSettled(docket.batch.header, leaf, proof), false);
    }

    function test_aProofThatIsTooLongProvesNothing() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);
        ReceiptProof memory proof = TreeBuilder.proofOf(docket.leaves, 0, docket.top);

        proof.group = TreeBuilder.path(TreeBuilder.nodesOf(new Leaf[](257)), 0, 0);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[0], proof), false);
        proof = TreeBuilder.proofOf(docket.leaves, 0, docket.top);
        proof.top = TreeBuilder.path(TreeBuilder.nodesOf(new Leaf[](1)), 0, 0);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[0], proof), false);
    }

    function test_nothingOfACancelledBatchIsSettled() public {
        Docket memory docket = aDocket(2, 0);
        challenged(docket);
        elapse(ANSWER_TIME + 1);
        cancel(docket, DEBIT);

        ReceiptProof memory proof = TreeBuilder.proofOf(docket.leaves, 1, docket.top);
        vm.assertEq(settlement.isSettled(docket.batch.header, docket.leaves[1], proof), false);
    }

    // Receipts as data.

    function test_receiptsArePostedWithTheirBatch() public {
        Docket memory docket = aDocket(2, 0);
        vm.expectEmit(address(settlement));
        emit ISettlement.ReceiptsPublished(headerHash(docket.batch), keccak256("all receipts"));
        settlement.settleWithReceipts(docket.batch, "all receipts");

        vm.assertEq(settlement.batchChain(dispatcher).number, 1);
    }

    function test_receiptsArePostedInBlobs() public {
        Docket memory docket = aDocket(2, 0);
        bytes32[] memory blobs = new bytes32[](2);
        (blobs[0], blobs[1]) = (keccak256("first blob"), keccak256("second blob"));
        vm.blobhashes(blobs);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BlobMissing.selector, 2));
        settlement.settleWithBlobs(docket.batch, 3);
        vm.expectEmit(address(settlement));
        emit ISettlement.ReceiptsInBlob(headerHash(docket.batch), 0, blobs[0]);
        vm.expectEmit(address(settlement));
        emit ISettlement.ReceiptsInBlob(headerHash(docket.batch), 1, blobs[1]);
        settlement.settleWithBlobs(docket.batch, 2);
    }

    function charge(uint128 amount) private view returns (SignedBatch memory) {
        uint64 to = settlement.allowance(payer, dispatcher, 0).settledSequence + 1;
        return aBatch("dispatcher", list(Debit(payer, 0, to, amount)), noRequests(), list(Credit(provider, amount)));
    }
}
