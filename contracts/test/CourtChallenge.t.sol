// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Court} from "../src/Court.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Debit, RequestPayment} from "../src/types/Batch.sol";
import {TaskId} from "../src/types/Order.sol";
import {Courtroom} from "./support/Courtroom.sol";

/// @notice Challenges: how they are made, what they cost, and how they end without an answer.
contract CourtChallengeTest is Courtroom {
    ICourt.Subject private constant DEBIT = ICourt.Subject.Debit;
    ICourt.Subject private constant REQUEST = ICourt.Subject.Request;

    function setUp() public {
        convene();
    }

    function test_knowsItsTerms() public view {
        vm.assertEq(court.settlement(), address(settlement));
        vm.assertEq(abi.encode(court.terms()), abi.encode(ICourt.Terms(WINDOW, ANSWER_TIME, BOND, REWARD_MAX)));
        vm.assertEq(court.bond(), BOND);
    }

    function test_refusesASettlementOfAnotherCourt() public {
        ICourt.Terms memory terms = court.terms();

        vm.expectRevert(
            abi.encodeWithSelector(ICourt.SettlementOfAnother.selector, address(settlement), address(court))
        );
        new Court(settlement, terms);
    }

    function test_refusesTermsThatDecideNothing() public {
        refuses(ICourt.Terms(0, ANSWER_TIME, BOND, 0), abi.encodeWithSelector(ICourt.TimeMissing.selector));
        refuses(ICourt.Terms(WINDOW, 0, BOND, 0), abi.encodeWithSelector(ICourt.TimeMissing.selector));
        refuses(ICourt.Terms(WINDOW, ANSWER_TIME, 0, 0), abi.encodeWithSelector(IBonds.BondMissing.selector));
        refuses(
            ICourt.Terms(WINDOW, ANSWER_TIME + 1, BOND, 0),
            abi.encodeWithSelector(ICourt.PeriodTooShort.selector, PERIOD, PERIOD + 2)
        );
    }

    function test_takesABondAndWaitsForAnAnswer() public {
        Docket memory docket = aDocket(3, 0);
        settle(docket.batch);
        uint40 deadline = uint40(block.timestamp) + ANSWER_TIME;

        vm.expectEmit(address(court));
        emit ICourt.Challenged(headerHash(docket.batch), DEBIT, 0, challenger, payer, deadline);
        challenge(docket);

        ICourt.Challenge memory seen = court.challengeOf(headerHash(docket.batch), DEBIT, 0);
        ICourt.Challenge memory expected;
        (expected.challenger, expected.deadline, expected.state) = (challenger, deadline, ICourt.State.Open);
        (expected.payer, expected.to, expected.amount) = (payer, 3, 33);
        vm.assertEq(abi.encode(seen), abi.encode(expected));
        vm.assertEq(token.balanceOf(address(court)), BOND);
        vm.assertEq(token.balanceOf(challenger), 1_000_000 - BOND);
    }

    function test_challengesARequest() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);

        challengeRequest(docket);

        ICourt.Challenge memory seen = court.challengeOf(headerHash(docket.batch), REQUEST, 0);
        vm.assertEq(seen.payer, accountOf("asker"));
        vm.assertEq(TaskId.unwrap(seen.request), TaskId.unwrap(taskIdOf(docket.request)));
        vm.assertEq(seen.amount, 60);
    }

    function test_refusesABatchThatWasNotSettled() public {
        Docket memory docket = aDocket(1, 0);

        vm.expectRevert(abi.encodeWithSelector(ICourt.BatchNotSettled.selector, headerHash(docket.batch)));
        challenge(docket);
        vm.expectRevert(abi.encodeWithSelector(ICourt.BatchNotSettled.selector, headerHash(docket.batch)));
        challengeRequest(docket);
    }

    function test_refusesAfterTheWindow() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);
        elapse(WINDOW + 1);

        vm.expectRevert(
            abi.encodeWithSelector(ICourt.WindowOver.selector, headerHash(docket.batch), block.timestamp - 1)
        );
        challenge(docket);
        vm.warp(block.timestamp - 1);
        challenge(docket);
    }

    function test_refusesArraysThatWereNotSigned() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);
        Debit[] memory debits = list(docket.batch.debits[0]);
        RequestPayment[] memory requests = noRequests();

        vm.expectRevert(
            abi.encodeWithSelector(
                ICourt.ArrayMismatch.selector, docket.batch.header.debits, keccak256(abi.encode(debits))
            )
        );
        court.challengeDebit(docket.batch.header, debits, docket.previous, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICourt.ArrayMismatch.selector, docket.batch.header.requests, keccak256(abi.encode(requests))
            )
        );
        court.challengeRequest(docket.batch.header, requests, 0);
    }

    function test_refusesSequencesThatTheLanesDidNotStandAt() public {
        settle(aDocket(2, 0).batch);
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        docket.previous[0] = 0;

        vm.expectPartialRevert(ICourt.PreviousMismatch.selector);
        challenge(docket);
        docket.previous[0] = 2;
        challenge(docket);
        vm.assertEq(court.challengeOf(headerHash(docket.batch), DEBIT, 0).from, 2);
    }

    function test_refusesWhatIsNotInTheBatch() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);

        vm.expectRevert(abi.encodeWithSelector(ICourt.IndexOutOfRange.selector, 2, 2));
        court.challengeDebit(docket.batch.header, docket.batch.debits, docket.previous, 2);
        vm.expectRevert(abi.encodeWithSelector(ICourt.IndexOutOfRange.selector, 1, 1));
        court.challengeRequest(docket.batch.header, docket.batch.requests, 1);
    }

    function test_refusesADebitOfNothing() public {
        Docket memory docket = aDocket(2, 3);
        settle(docket.batch);

        vm.expectRevert(ICourt.NothingDebited.selector);
        challenge(docket);
    }

    function test_refusesTheSameChallengeTwiceAndForEver() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        bytes memory exists =
            abi.encodeWithSelector(ICourt.ChallengeExists.selector, headerHash(docket.batch), DEBIT, 0);
        vm.expectRevert(exists);
        challenge(docket);

        court.answerDebit(docket.batch.header, 0, answerTo(docket));
        vm.expectRevert(exists);
        challenge(docket);
    }

    function test_challengesOfOneBatchAreIndependent() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        challengeRequest(docket);
        vm.prank(challenger);
        court.challengeDebit(docket.batch.header, docket.batch.debits, docket.previous, 1);

        vm.assertEq(token.balanceOf(address(court)), 3 * BOND);
    }

    function test_anUnansweredChallengeCancelsTheBatch() public {
        Docket memory docket = aDocket(3, 2);
        challenged(docket);
        elapse(ANSWER_TIME + 1);
        uint128 total = docket.batch.header.total;

        vm.expectEmit(address(settlement));
        emit ISettlement.BatchCancelled(dispatcher, 1, headerHash(docket.batch), total);
        vm.expectEmit(address(court));
        emit ICourt.ChallengeWon(headerHash(docket.batch), DEBIT, 0, challenger, REWARD_MAX);
        cancel(docket, DEBIT);

        vm.assertEq(settlement.balance(payer), docket.batch.debits[0].amount);
        vm.assertEq(settlement.balance(accountOf("other payer")), 40);
        vm.assertEq(settlement.balance(accountOf("asker")), 1_000_000);
        vm.assertEq(settlement.pending(accountOf("provider")), 0);
        vm.assertEq(settlement.pending(accountOf("worker owner")), 0);
        vm.assertEq(stakes.bonded(dispatcher), STAKE - REWARD_MAX);
        vm.assertEq(court.owed(challenger), BOND + REWARD_MAX);
        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Won, "won");
        vm.assertTrue(settlement.batch(headerHash(docket.batch)).state == ISettlement.BatchState.Cancelled, "cancelled");
        vm.assertTrue(
            settlement.requestOf(taskIdOf(docket.request)).state == ISettlement.RequestState.Reclaimed, "reclaimed"
        );
        mature();
        vm.assertEq(settlement.claimable(accountOf("provider")), 0);
    }

    function test_anUnansweredChallengeOfARequestCancelsTheBatchToo() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);
        challengeRequest(docket);
        elapse(ANSWER_TIME + 1);

        cancel(docket, REQUEST);

        vm.assertEq(settlement.balance(accountOf("asker")), 1_000_000);
        vm.assertEq(settlement.balance(payer), 10);
    }

    function test_cancelsNothingBeforeTheAnswerTimeIsOver() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        elapse(ANSWER_TIME);

        vm.expectRevert(abi.encodeWithSelector(ICourt.AnswerTimeNotOver.selector, block.timestamp));
        cancel(docket, DEBIT);
    }

    function test_cancelsNothingWithoutALostChallenge() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);
        elapse(ANSWER_TIME + 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                ICourt.ChallengeNotOpen.selector, headerHash(docket.batch), DEBIT, 0, ICourt.State.None
            )
        );
        cancel(docket, DEBIT);
    }

    function test_theOtherChallengersOfACancelledBatchGetTheirBondsBack() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        challengeRequest(docket);
        bytes32 batch = headerHash(docket.batch);
        vm.expectRevert(abi.encodeWithSelector(ICourt.BatchNotCancelled.selector, batch));
        court.drop(batch, REQUEST, 0);
        elapse(ANSWER_TIME + 1);
        cancel(docket, DEBIT);

        vm.expectEmit(address(court));
        emit ICourt.ChallengeMoot(batch, REQUEST, 0);
        court.drop(batch, REQUEST, 0);

        vm.assertEq(court.owed(challenger), 2 * BOND + REWARD_MAX);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChallengeNotOpen.selector, batch, REQUEST, 0, ICourt.State.Moot));
        court.drop(batch, REQUEST, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChallengeNotOpen.selector, batch, DEBIT, 0, ICourt.State.Won));
        court.drop(batch, DEBIT, 0);
    }

    function test_aBatchIsCancelledOnce() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        challengeRequest(docket);
        elapse(ANSWER_TIME + 1);
        cancel(docket, DEBIT);

        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.BatchNotSettled.selector, headerHash(docket.batch), ISettlement.BatchState.Cancelled
            )
        );
        cancel(docket, REQUEST);
    }

    function test_whatIsOwedIsCollectedByItsOwner() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        elapse(ANSWER_TIME + 1);
        cancel(docket, DEBIT);

        vm.expectEmit(address(court));
        emit IBonds.Collected(challenger, BOND + REWARD_MAX);
        vm.prank(challenger);
        vm.assertEq(court.collect(), BOND + REWARD_MAX);

        vm.assertEq(token.balanceOf(challenger), 1_000_000 + REWARD_MAX);
        vm.assertEq(token.balanceOf(address(court)), 0);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NothingToCollect.selector, challenger));
        vm.prank(challenger);
        court.collect();
    }

    function test_aFrozenDispatcherSettlesNothingAndItsPayersLeaveAtOnce() public {
        Docket memory docket = aDocket(1, 0);
        Docket memory later = docket;
        challenged(docket);
        later = aDocket(1, 0);
        elapse(ANSWER_TIME + 1);
        vm.expectEmit(address(settlement));
        emit ISettlement.DispatcherFrozen(dispatcher);
        cancel(docket, DEBIT);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.DispatcherIsFrozen.selector, dispatcher));
        settle(later.batch);
        vm.prank(payer);
        settlement.release(dispatcher, 0);
        vm.assertEq(settlement.balance(payer), 1_000_000);
    }

    function refuses(ICourt.Terms memory terms, bytes memory reason) private {
        ISettlement.Terms memory ours = termsOfANewOne();
        ours.court = next(1);
        settlement = newSettlement(ours);
        vm.expectRevert(reason);
        new Court(settlement, terms);
    }
}
