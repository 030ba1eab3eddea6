// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Credit, RequestPayment, SignedBatch} from "../src/types/Batch.sol";
import {Order, TaskId} from "../src/types/Order.sol";
import {Deployment} from "./support/Deployment.sol";

/// @notice Tasks ordered on chain.
contract SettlementRequestTest is Deployment {
    string private constant CID = "bafy-sealed-input";
    address private user = accountOf("user");

    function setUp() public {
        deploy();
        enrol("dispatcher");
    }

    function test_escrowsTheFeeAndSaysWhatWasOrdered() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "user");
        TaskId taskId = taskIdOf(order);

        vm.expectEmit(address(settlement));
        emit ISettlement.Requested(taskId, user, order, signature, CID);
        vm.prank(user);
        TaskId returned = settlement.request(order, signature, CID);

        vm.assertEq(TaskId.unwrap(returned), TaskId.unwrap(taskId));
        vm.assertEq(settlement.balance(user), 40);
        hasRequest(taskId, ISettlement.RequestState.Open, 60, uint40(order.deadline) + WITHDRAW_DELAY);
    }

    function test_depositsAndOrdersInOneCall() public {
        token.mint(user, 100);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "user");
        vm.startPrank(user);
        token.approve(address(settlement), 60);
        TaskId first = settlement.depositAndRequest(order, signature, CID);
        vm.stopPrank();

        order.fee.max = 40;
        signature = signed(order, "user");
        ISettlement.Permit memory permit = permitFor("user", 40);
        vm.prank(user);
        TaskId second = settlement.depositAndRequestWithPermit(order, signature, CID, permit);

        vm.assertEq(settlement.requestOf(first).escrow, 60);
        vm.assertEq(settlement.requestOf(second).escrow, 40);
        vm.assertEq(settlement.balance(user), 0);
        vm.assertEq(token.balanceOf(user), 0);
    }

    function test_refusesARequestByAnother() public {
        fund("thief", 100);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "user");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestByAnother.selector, user, accountOf("thief")));
        vm.prank(accountOf("thief"));
        settlement.request(order, signature, CID);
    }

    function test_refusesAnOrderForADispatcher() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        order.dispatcher = accountOf("dispatcher");
        bytes memory signature = signed(order, "user");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestNamesDispatcher.selector, accountOf("dispatcher")));
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function test_refusesAWrongSignature() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "somebody else");

        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, user, accountOf("somebody else")));
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function test_refusesAMalleatedSignature() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        (bytes memory malleated, bytes32 s) = malleate(signed(order, "user"));

        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        vm.prank(user);
        settlement.request(order, malleated, CID);
    }

    function test_refusesASignatureForAnotherChainOrDeployment() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        bytes memory here = signed(order, "user");
        bytes memory elsewhere = sign("user", hasher.digest(address(registry), hasher.structHash(order)));

        vm.startPrank(user);
        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        settlement.request(order, elsewhere, CID);
        vm.chainId(1);
        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        settlement.request(order, here, CID);
        vm.stopPrank();
    }

    function test_refusesAnOrderChangedAfterSigning() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "user");
        order.datasets[0].priceCap += 1;

        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function test_refusesAnExpiredOrEndlessOrder() public {
        fund("user", 100);
        Order memory order = anOrder("user", 60);
        order.deadline = uint64(block.timestamp);
        bytes memory signature = signed(order, "user");
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RequestDeadlinePassed.selector, block.timestamp, block.timestamp)
        );
        vm.prank(user);
        settlement.request(order, signature, CID);

        uint256 deadlineMax = type(uint40).max - WITHDRAW_DELAY;
        order.deadline = uint64(deadlineMax + 1);
        signature = signed(order, "user");
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RequestDeadlineTooFar.selector, deadlineMax + 1, deadlineMax)
        );
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function test_refusesTheSameOrderTwiceWhateverBecameOfIt() public {
        fund("user", 300);
        TaskId open = ask("user", 60, "open");
        TaskId paid = ask("user", 60, "paid");
        TaskId reclaimed = ask("user", 60, "reclaimed");
        Order memory long = anOrder("user", 60);
        pay(paid, 60);
        vm.warp(settlement.requestOf(reclaimed).reclaimableAt);
        settlement.reclaim(reclaimed);
        vm.warp(long.deadline - 1);

        refusesAgain(long, "open", open);
        refusesAgain(long, "paid", paid);
        refusesAgain(long, "reclaimed", reclaimed);
    }

    function test_refusesARequestBeyondTheFreeBalance() public {
        fund("user", 59);
        Order memory order = anOrder("user", 60);
        bytes memory signature = signed(order, "user");

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BalanceTooSmall.selector, user, 59, 60));
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function testFuzz_aBatchPaysOutOfTheEscrowAndRefundsTheRest(uint128 feeMax, uint128 amount) public {
        feeMax = feeMax >> 16;
        amount = uint128(within(amount, 0, feeMax));
        fund("user", feeMax);
        TaskId taskId = ask("user", feeMax, "salt");

        pay(taskId, amount);

        vm.assertEq(settlement.balance(user), feeMax - amount);
        vm.assertEq(settlement.pending(accountOf("provider")), amount);
        ISettlement.Request memory seen = settlement.requestOf(taskId);
        vm.assertEq(uint8(seen.state), uint8(ISettlement.RequestState.Paid));
        vm.assertEq(seen.escrow, 0);
    }

    function test_saysWhatWasPaid() public {
        fund("user", 60);
        TaskId taskId = ask("user", 60, "salt");
        SignedBatch memory batch = payment(taskId, 45);

        vm.expectEmit(address(settlement));
        emit ISettlement.RequestPaid(taskId, user, accountOf("dispatcher"), 45, 15);
        settle(batch);
    }

    function test_refusesToPayMoreThanTheEscrow() public {
        fund("user", 100);
        TaskId taskId = ask("user", 60, "salt");
        SignedBatch memory batch = payment(taskId, 61);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestEscrowExceeded.selector, taskId, 60, 61));
        settle(batch);
    }

    function test_refusesToPayWhatWasNeverRequested() public {
        SignedBatch memory batch = payment(TaskId.wrap("unknown"), 0);

        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.RequestNotOpen.selector, bytes32("unknown"), ISettlement.RequestState.None
            )
        );
        settle(batch);
    }

    function test_refusesToPayARequestTwice() public {
        fund("user", 120);
        TaskId taskId = ask("user", 60, "salt");
        bytes memory refusal =
            abi.encodeWithSelector(ISettlement.RequestNotOpen.selector, taskId, ISettlement.RequestState.Paid);
        RequestPayment[] memory twice = new RequestPayment[](2);
        twice[0] = RequestPayment(taskId, 10);
        twice[1] = RequestPayment(taskId, 10);
        SignedBatch memory batch = aBatch("dispatcher", noDebits(), twice, list(Credit(accountOf("provider"), 20)));
        vm.expectRevert(refusal);
        settle(batch);

        pay(taskId, 10);
        batch = payment(taskId, 10);
        vm.expectRevert(refusal);
        settle(batch);

        enrol("another dispatcher");
        batch = aBatch(
            "another dispatcher", noDebits(), list(RequestPayment(taskId, 10)), list(Credit(accountOf("provider"), 10))
        );
        vm.expectRevert(refusal);
        settle(batch);
    }

    function test_anybodyReclaimsForTheUserAfterDeadlineAndDelay() public {
        fund("user", 60);
        TaskId taskId = ask("user", 60, "salt");
        uint40 reclaimableAt = settlement.requestOf(taskId).reclaimableAt;

        vm.warp(reclaimableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestNotReclaimable.selector, taskId, reclaimableAt));
        settlement.reclaim(taskId);

        vm.warp(reclaimableAt);
        vm.expectEmit(address(settlement));
        emit ISettlement.RequestReclaimed(taskId, user, 60);
        settlement.reclaim(taskId);
        vm.assertEq(settlement.balance(user), 60);
        hasRequest(taskId, ISettlement.RequestState.Reclaimed, 0, reclaimableAt);

        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RequestNotOpen.selector, taskId, ISettlement.RequestState.Reclaimed)
        );
        settlement.reclaim(taskId);
    }

    function test_refusesToReclaimWhatWasPaidOrNeverRequested() public {
        fund("user", 60);
        TaskId taskId = ask("user", 60, "salt");
        pay(taskId, 0);
        elapse(100 days);

        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RequestNotOpen.selector, taskId, ISettlement.RequestState.Paid)
        );
        settlement.reclaim(taskId);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.RequestNotOpen.selector, bytes32("unknown"), ISettlement.RequestState.None
            )
        );
        settlement.reclaim(TaskId.wrap("unknown"));
    }

    function test_refusesToPayWhatCanBeReclaimedOrWas() public {
        fund("user", 60);
        TaskId taskId = ask("user", 60, "salt");
        uint40 reclaimableAt = settlement.requestOf(taskId).reclaimableAt;
        SignedBatch memory batch = payment(taskId, 10);

        vm.warp(reclaimableAt);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestOver.selector, taskId, reclaimableAt));
        settle(batch);

        settlement.reclaim(taskId);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RequestNotOpen.selector, taskId, ISettlement.RequestState.Reclaimed)
        );
        settle(batch);
    }

    function test_paysUpToTheLastSecondBeforeItIsReclaimable() public {
        fund("user", 60);
        TaskId taskId = ask("user", 60, "salt");
        SignedBatch memory batch = payment(taskId, 10);

        vm.warp(settlement.requestOf(taskId).reclaimableAt - 1);
        settle(batch);

        vm.assertEq(settlement.pending(accountOf("provider")), 10);
    }

    function payment(TaskId taskId, uint128 amount) private view returns (SignedBatch memory) {
        return aBatch(
            "dispatcher", noDebits(), list(RequestPayment(taskId, amount)), list(Credit(accountOf("provider"), amount))
        );
    }

    function pay(TaskId taskId, uint128 amount) private {
        settle(payment(taskId, amount));
    }

    function refusesAgain(Order memory order, bytes32 salt, TaskId taskId) private {
        order.salt = salt;
        bytes memory signature = signed(order, "user");
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RequestExists.selector, taskId));
        vm.prank(user);
        settlement.request(order, signature, CID);
    }

    function hasRequest(TaskId taskId, ISettlement.RequestState state, uint128 escrow, uint40 reclaimableAt)
        private
        view
    {
        ISettlement.Request memory expected = ISettlement.Request(user, reclaimableAt, state, escrow);
        vm.assertEq(abi.encode(settlement.requestOf(taskId)), abi.encode(expected));
    }
}
