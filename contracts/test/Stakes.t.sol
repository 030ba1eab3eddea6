// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Stakes} from "../src/Stakes.sol";
import {IStakes} from "../src/interfaces/IStakes.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {TaskId} from "../src/types/Order.sol";
import {Receipt} from "../src/types/Receipt.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Courtroom} from "./support/Courtroom.sol";
import {FeeToken} from "./support/Tokens.sol";

/// @notice Bonding, unbonding, and losing stakes.
contract StakesTest is Courtroom {
    address private anna = accountOf("anna");
    address private bert = accountOf("bert");
    TaskId private task = TaskId.wrap("task");

    function setUp() public {
        deploy();
    }

    function test_knowsItsTerms() public view {
        vm.assertEq(address(stakes.token()), address(token));
        vm.assertEq(stakes.settlement(), address(settlement));
        vm.assertEq(stakes.unbondingTime(), UNBONDING_TIME);
        vm.assertEq(stakes.treasury(), accountOf("treasury"));
        vm.assertEq(stakes.rewardMax(), REWARD_MAX);
    }

    function test_refusesASettlementOfOtherStakes() public {
        vm.expectRevert(
            abi.encodeWithSelector(IStakes.SettlementOfAnother.selector, address(settlement), address(stakes))
        );
        new Stakes(settlement, IStakes.Terms(UNBONDING_TIME, anna, 0));
    }

    function test_refusesAnUnbondingTimeThatEndsBeforeAChallengeOrHoldsMoneyHostage() public {
        uint256 min = uint256(WITHDRAW_DELAY) + 2 * PERIOD;
        for (uint256 i = 0; i < 2; i++) {
            uint40 time = uint40(i == 0 ? min - 1 : 90 days + 1);
            settlement = newSettlement(termsOfANewOne());
            vm.expectRevert(abi.encodeWithSelector(IStakes.UnbondingTimeOutOfRange.selector, time, min, 90 days));
            new Stakes(settlement, IStakes.Terms(time, anna, 0));
        }
        settlement = newSettlement(termsOfANewOne());
        new Stakes(settlement, IStakes.Terms(uint40(min), anna, 0));
        settlement = newSettlement(termsOfANewOne());
        new Stakes(settlement, IStakes.Terms(90 days, anna, 0));
    }

    function test_refusesNoTreasury() public {
        settlement = newSettlement(termsOfANewOne());
        vm.expectRevert(IStakes.TreasuryMissing.selector);
        new Stakes(settlement, IStakes.Terms(UNBONDING_TIME, address(0), 0));
    }

    function test_anybodyBondsForAKey() public {
        token.mint(anna, 100);
        vm.prank(anna);
        token.approve(address(stakes), 100);
        vm.expectEmit(address(stakes));
        emit IStakes.Bonded(worker, anna, 60);
        vm.prank(anna);
        stakes.bond(worker, 60);
        bond("worker", "bert", 40);

        vm.assertEq(stakes.bonded(worker), 100);
        hasStake(anna, 60, 0);
        hasStake(bert, 40, 0);
        vm.assertEq(token.balanceOf(address(stakes)), 100);
        vm.assertEq(stakes.bonded(dispatcher), 0);
    }

    function test_refusesToBondNothing() public {
        vm.expectRevert(IStakes.NothingToBond.selector);
        stakes.bond(worker, 0);
    }

    function test_refusesATokenThatTakesAFee() public {
        FeeToken fee = new FeeToken();
        deployFor(IERC20(address(fee)));
        fee.mint(address(this), 1000);
        fee.approve(address(stakes), 1000);

        vm.expectRevert(abi.encodeWithSelector(IStakes.BondInexact.selector, 1000, 990));
        stakes.bond(worker, 1000);
    }

    function test_whatIsUnbondedCountsNoMoreAndIsPaidLater() public {
        bond("worker", "anna", 100);
        uint40 due = uint40(block.timestamp) + UNBONDING_TIME;
        vm.expectEmit(address(stakes));
        emit IStakes.Unbonding(worker, anna, 30, due);
        unbond("anna", 30);
        vm.assertEq(stakes.bonded(worker), 70);
        vm.assertEq(stakes.pool(worker).amount, 100);
        hasStake(anna, 70, 30);

        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakes.NotWithdrawable.selector, worker, anna, due));
        vm.prank(anna);
        stakes.withdraw(worker);
        vm.warp(due);
        vm.expectEmit(address(stakes));
        emit IStakes.StakeWithdrawn(worker, anna, 30);
        vm.prank(anna);
        vm.assertEq(stakes.withdraw(worker), 30);

        vm.assertEq(token.balanceOf(anna), 30);
        vm.assertEq(stakes.pool(worker).amount, 70);
        hasStake(anna, 70, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakes.NothingUnbonding.selector, worker, anna));
        vm.prank(anna);
        stakes.withdraw(worker);
    }

    function test_unbondingMoreBeginsTheWaitAgain() public {
        bond("worker", "anna", 100);
        unbond("anna", 30);
        elapse(UNBONDING_TIME - 1);
        unbond("anna", 20);
        elapse(1);

        vm.expectPartialRevert(IStakes.NotWithdrawable.selector);
        vm.prank(anna);
        stakes.withdraw(worker);
        elapse(UNBONDING_TIME - 1);
        vm.prank(anna);
        vm.assertEq(stakes.withdraw(worker), 50);
    }

    function test_nobodyUnbondsMoreThanSheBonded() public {
        bond("worker", "anna", 100);
        bond("worker", "bert", 1);
        vm.expectRevert(abi.encodeWithSelector(IStakes.BondTooSmall.selector, worker, bert, 1, 2));
        unbond("bert", 2);
        unbond("bert", 1);
        vm.expectRevert(abi.encodeWithSelector(IStakes.BondTooSmall.selector, worker, bert, 0, 1));
        unbond("bert", 1);
        vm.expectRevert(abi.encodeWithSelector(IStakes.BondTooSmall.selector, worker, dispatcher, 0, 1));
        unbond("dispatcher", 1);
        vm.expectRevert(IStakes.NothingToUnbond.selector);
        unbond("anna", 0);
    }

    function test_onlySettlementCourtAndDemandsTake() public {
        bond("worker", "anna", 100);
        vm.expectRevert(abi.encodeWithSelector(IStakes.JudgeOnly.selector, address(this)));
        stakes.take(worker, 1);

        address[3] memory judges = [address(settlement), address(court), address(demands)];
        for (uint256 i = 0; i < 3; i++) {
            vm.expectEmit(address(stakes));
            emit IStakes.StakeTaken(worker, judges[i], 10);
            vm.prank(judges[i]);
            vm.assertEq(stakes.take(worker, 10), 10);
            vm.assertEq(token.balanceOf(judges[i]), 10);
        }
        vm.assertEq(stakes.bonded(worker), 70);
    }

    function test_aLossIsSharedByAllStakersLeavingOrNot() public {
        bond("worker", "anna", 60);
        bond("worker", "bert", 40);
        unbond("bert", 20);
        take(50);

        hasStake(anna, 30, 0);
        hasStake(bert, 10, 10);
        vm.assertEq(stakes.bonded(worker), 40);
        elapse(UNBONDING_TIME);
        vm.prank(bert);
        vm.assertEq(stakes.withdraw(worker), 10);
        unbond("anna", 30);
        elapse(UNBONDING_TIME);
        vm.prank(anna);
        vm.assertEq(stakes.withdraw(worker), 30);
        hasStake(bert, 10, 0);
    }

    function test_whoBondsAfterALossPaysNothingForIt() public {
        bond("worker", "anna", 100);
        take(90);
        bond("worker", "bert", 100);

        hasStake(anna, 10, 0);
        hasStake(bert, 100, 0);
    }

    function test_whoBondsAfterEverythingWasLostOwnsItAlone() public {
        bond("worker", "anna", 100);
        unbond("anna", 50);
        take(1000);
        vm.assertEq(stakes.pool(worker).amount, 0);
        hasStake(anna, 0, 0);

        bond("worker", "bert", 7);
        hasStake(bert, 7, 0);
        hasStake(anna, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakes.BondTooSmall.selector, worker, anna, 0, 1));
        unbond("anna", 1);
        elapse(UNBONDING_TIME);
        vm.expectRevert(abi.encodeWithSelector(IStakes.NothingUnbonding.selector, worker, anna));
        vm.prank(anna);
        stakes.withdraw(worker);
        bond("worker", "anna", 3);
        hasStake(anna, 3, 0);
        vm.assertEq(stakes.bonded(worker), 10);
    }

    function test_takingFromNobodyTakesNothing() public {
        vm.prank(address(court));
        vm.assertEq(stakes.take(worker, 5), 0);
    }

    /// @dev Whatever is bonded, lost and taken out in any order: nobody gets more than she bonded but for rounding, and
    /// the pool pays all.
    function testFuzz_nobodyGainsAndThePoolIsSolvent(uint64[10] calldata amounts, uint8[10] calldata acts) public {
        string[2] memory names = ["anna", "bert"];
        uint256[2] memory bonded;
        for (uint256 i = 0; i < 10; i++) {
            uint256 who = acts[i] & 1;
            uint256 act = (acts[i] >> 1) % 3;
            (uint256 worth,,) = stakes.stakeOf(worker, accountOf(names[who]));
            if (act == 0) {
                bond("worker", names[who], uint128(amounts[i]) + 1);
                bonded[who] += uint256(amounts[i]) + 1;
            } else if (act == 1 && worth > 0) {
                unbond(names[who], uint128(within(amounts[i], 1, worth)));
            } else if (act == 2) {
                take(amounts[i] >> 3);
            }
            vm.assertTrue(stakes.bonded(worker) <= stakes.pool(worker).amount, "bonded more than there is");
            vm.assertTrue(stakes.pool(worker).amount <= stakes.pool(worker).shares, "a share is worth more than one");
        }
        elapse(UNBONDING_TIME);
        for (uint256 who = 0; who < 2; who++) {
            (uint256 worth, uint256 leaving,) = stakes.stakeOf(worker, accountOf(names[who]));
            if (worth > 0) unbond(names[who], uint128(worth));
            else if (leaving == 0) continue;
            elapse(UNBONDING_TIME);
            (,, uint40 due) = stakes.stakeOf(worker, accountOf(names[who]));
            if (due == 0) continue;
            vm.prank(accountOf(names[who]));
            // What others lose to rounding stays in the pool: less than a unit for each of their acts.
            vm.assertTrue(stakes.withdraw(worker) <= bonded[who] + 10, "gained");
        }
        vm.assertEq(token.balanceOf(address(stakes)), stakes.pool(worker).amount);
        vm.assertLe(stakes.pool(worker).amount, 2 * 10);
    }

    // Convictions.

    function test_twoReceiptsForOneAttemptConvictTheWorker() public {
        admit(Roles.WORKER, "worker");
        bond("worker", "anna", 1000);
        unbond("anna", 400);
        vm.expectEmit(address(stakes));
        emit IStakes.WorkerConvicted(worker, "task", 1, bert, 1000, 250);
        convict(1, 2);

        vm.assertEq(stakes.pool(worker).amount, 0);
        vm.assertEq(stakes.owed(bert), 250);
        vm.assertEq(stakes.owed(accountOf("treasury")), 750);
        vm.assertEq(stakes.isConvicted(worker, "task", 1), true);
        vm.assertEq(registry.isActive(worker, Roles.WORKER), false);
        vm.assertEq(registry.revokedAt(worker), block.timestamp);

        vm.expectEmit(address(stakes));
        emit IStakes.Collected(bert, 250);
        vm.prank(bert);
        vm.assertEq(stakes.collect(), 250);
        vm.assertEq(token.balanceOf(bert), 250);
        vm.expectRevert(abi.encodeWithSelector(IStakes.NothingToCollect.selector, bert));
        vm.prank(bert);
        stakes.collect();
    }

    function test_theRewardIsBounded() public {
        bond("worker", "anna", 100_000);
        convict(1, 2);
        vm.assertEq(stakes.owed(bert), REWARD_MAX);
        vm.assertEq(stakes.owed(accountOf("treasury")), 100_000 - REWARD_MAX);
    }

    function test_aWorkerThatWasRevokedLosesItsStakeToo() public {
        vm.prank(GOVERNANCE);
        registry.revoke(worker);
        bond("worker", "anna", 100);
        convict(1, 2);
        vm.assertEq(stakes.bonded(worker), 0);
    }

    function test_convictsOnceForAnAttempt() public {
        convict(1, 2);
        bond("worker", "anna", 100);
        (Receipt memory first, Receipt memory second) = (receiptOf(2), receiptOf(3));
        (bytes memory one, bytes memory other) = (signed(first, "worker"), signed(second, "worker"));
        vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyConvicted.selector, worker, bytes32("task"), 1));
        stakes.convict(first, one, second, other);

        (first.attempt, second.attempt) = (2, 2);
        stakes.convict(first, signed(first, "worker"), second, signed(second, "worker"));
        vm.assertEq(stakes.bonded(worker), 0);
    }

    function test_refusesWhatProvesNothing() public {
        Receipt memory first = receiptOf(1);
        bytes memory one = signed(first, "worker");
        vm.expectRevert(abi.encodeWithSelector(IStakes.ReceiptsEqual.selector, hashOf(first)));
        stakes.convict(first, one, first, one);

        Receipt memory second = receiptOf(2);
        second.worker = dispatcher;
        bytes memory other = signed(second, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(IStakes.ReceiptsOfTwoWorkers.selector, worker, dispatcher));
        stakes.convict(first, one, second, other);

        second = receiptOf(2);
        second.attempt = 2;
        other = signed(second, "worker");
        vm.expectRevert(IStakes.ReceiptsOfTwoAttempts.selector);
        stakes.convict(first, one, second, other);

        second = receiptOf(2);
        second.taskId = TaskId.wrap("another task");
        other = signed(second, "worker");
        vm.expectRevert(IStakes.ReceiptsOfTwoAttempts.selector);
        stakes.convict(first, one, second, other);

        second = receiptOf(2);
        other = signed(second, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, worker, dispatcher));
        stakes.convict(first, one, second, other);
        other = signed(second, "worker");
        one = signed(first, "dispatcher");
        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, worker, dispatcher));
        stakes.convict(first, one, second, other);
    }

    function test_aMalleatedOrForeignReceiptConvictsNobody() public {
        (Receipt memory first, Receipt memory second) = (receiptOf(1), receiptOf(2));
        (bytes memory one, bytes memory other) = (signed(first, "worker"), signed(second, "worker"));

        (bytes[3] memory wrong, bytes4[3] memory refusals) = foreignSignatures(hasher.structHash(first), "worker");
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectPartialRevert(refusals[i]);
            stakes.convict(first, wrong[i], second, other);
            // Nor is the one receipt with its other signature a second receipt.
            vm.expectPartialRevert(refusals[i]);
            stakes.convict(first, one, first, wrong[i]);
        }
        (wrong, refusals) = foreignSignatures(hasher.structHash(second), "worker");
        for (uint256 i = 0; i < wrong.length; i++) {
            vm.expectPartialRevert(refusals[i]);
            stakes.convict(first, one, second, wrong[i]);
        }
        vm.assertEq(stakes.isConvicted(worker, "task", 1), false);
        convict(1, 2);
    }

    function unbond(string memory staker, uint128 amount) private {
        vm.prank(accountOf(staker));
        stakes.unbond(worker, amount);
    }

    function take(uint256 amount) private {
        vm.prank(address(court));
        stakes.take(worker, amount);
    }

    function receiptOf(uint128 total) private view returns (Receipt memory) {
        return aReceipt(task, total);
    }

    function convict(uint128 firstTotal, uint128 secondTotal) private {
        (Receipt memory first, Receipt memory second) = (receiptOf(firstTotal), receiptOf(secondTotal));
        (bytes memory one, bytes memory other) = (signed(first, "worker"), signed(second, "worker"));
        vm.prank(bert);
        stakes.convict(first, one, second, other);
    }

    function hasStake(address staker, uint256 bonded, uint256 leaving) private view {
        (uint256 seenBonded, uint256 seenLeaving,) = stakes.stakeOf(worker, staker);
        vm.assertEq(seenBonded, bonded, "bonded");
        vm.assertEq(seenLeaving, leaving, "leaving");
    }
}
