// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IEnclaveRegistry} from "../src/interfaces/IEnclaveRegistry.sol";
import {SignedBatch} from "../src/types/Batch.sol";
import {NodeCertificate, Roles} from "../src/types/NodeCertificate.sol";
import {Order, TaskId} from "../src/types/Order.sol";
import {Courtroom} from "./support/Courtroom.sol";

/// @notice A pause stops what takes on something new, and never what takes money out.
contract PauseTest is Courtroom {
    function setUp() public {
        convene();
    }

    function test_onlyGovernancePauses() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        registry.setPaused(true);
        vm.assertEq(registry.openSince(), 0);

        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.PauseChanged(true);
        pause(true);
        vm.assertEq(registry.openSince(), type(uint64).max);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.PauseUnchanged.selector, true));
        pause(true);
        elapse(5);
        pause(false);
        vm.assertEq(registry.openSince(), block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.PauseUnchanged.selector, false));
        pause(false);
    }

    function test_stopsBatchesRequestsBondsAndAdmissions() public {
        SignedBatch memory batch = aDocket(1, 0).batch;
        Order memory order = anOrder("asker", 5);
        bytes memory signature = signed(order, "asker");
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "another worker");
        bytes memory byManager = signed(certificate, "manager");
        pause(true);

        vm.expectRevert(IEnclaveRegistry.MarketPaused.selector);
        settle(batch);
        vm.expectRevert(IEnclaveRegistry.MarketPaused.selector);
        vm.prank(accountOf("asker"));
        settlement.request(order, signature, "cid");
        vm.expectRevert(IEnclaveRegistry.MarketPaused.selector);
        stakes.bond(worker, 5);
        vm.expectRevert(IEnclaveRegistry.MarketPaused.selector);
        registry.admit(certificate, byManager);

        pause(false);
        settle(batch);
        registry.admit(certificate, byManager);
    }

    function test_everythingThatTakesMoneyOutGoesOn() public {
        Docket memory answered = aDocket(1, 0);
        settle(answered.batch);
        Docket memory cancelled = aDocket(1, 0);
        settle(cancelled.batch);
        TaskId taskId = ask("asker", 70, "another salt");
        uint40 reclaimableAt = settlement.requestOf(taskId).reclaimableAt;
        pause(true);

        challenge(answered);
        challenge(cancelled);
        court.answerDebit(answered.batch.header, 0, answerTo(answered));
        elapse(ANSWER_TIME + 1);
        cancel(cancelled, ICourt.Subject.Debit);
        vm.prank(challenger);
        court.collect();
        vm.prank(payer);
        settlement.release(dispatcher, 0);
        vm.prank(payer);
        settlement.withdraw(1_000_000 - 10);
        vm.warp(reclaimableAt);
        settlement.reclaim(taskId);
        mature();
        vm.prank(accountOf("provider"));
        settlement.claim();
        vm.prank(accountOf("operator"));
        stakes.unbond(dispatcher, 500);
        elapse(UNBONDING_TIME);
        vm.prank(accountOf("operator"));
        stakes.withdraw(dispatcher);

        vm.assertEq(token.balanceOf(payer), 1_000_000 - 10);
        vm.assertEq(settlement.balance(payer), 0);
        vm.assertEq(token.balanceOf(accountOf("operator")), 500);
    }

    function pause(bool paused) private {
        vm.prank(GOVERNANCE);
        registry.setPaused(paused);
    }
}
