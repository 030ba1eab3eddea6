// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {EnclaveRegistry} from "../src/EnclaveRegistry.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {IEnclaveRegistry} from "../src/interfaces/IEnclaveRegistry.sol";
import {IManagerAttestation} from "../src/interfaces/IManagerAttestation.sol";
import {NodeCertificate, Roles} from "../src/types/NodeCertificate.sol";
import {Courtroom} from "./support/Courtroom.sol";

/// @notice What a worker has to have bonded before it may act.
contract WorkerStakeTest is Courtroom {
    uint128 private constant MINIMUM = 700;
    address private novice = accountOf("novice");

    function setUp() public {
        convene();
    }

    function test_nothingIsAskedForAtFirst() public {
        admit(Roles.WORKER, "novice");

        vm.assertEq(registry.minimumStake(), 0);
        vm.assertEq(registry.isStaked(accountOf("stranger")), true);
        vm.assertEq(registry.isActive(novice, Roles.WORKER), true);
    }

    function test_aWorkerIsAdmittedOnceEnoughIsBonded() public {
        asks(MINIMUM);
        bond("novice", "anna", MINIMUM - 1);
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "novice");
        bytes memory signature = signed(certificate, "manager");
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.StakeTooSmall.selector, novice, MINIMUM));
        registry.admit(certificate, signature);
        vm.assertEq(registry.isStaked(novice), false);

        bond("novice", "bert", 1);
        registry.admit(certificate, signature);
        vm.assertEq(registry.isStaked(novice), true);
        vm.assertEq(registry.isActive(novice, Roles.WORKER), true);
    }

    function test_aWorkerIsActiveOnlyWhileEnoughIsBonded() public {
        bond("worker", "anna", MINIMUM);
        asks(MINIMUM);
        vm.assertEq(registry.isActive(worker, Roles.WORKER), true);

        vm.prank(accountOf("anna"));
        stakes.unbond(worker, 1);

        vm.assertEq(registry.isActive(worker, Roles.WORKER), false);
    }

    function test_aRenewalNeedsTheStakeAgain() public {
        asks(MINIMUM);
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "worker");
        certificate.notAfter++;
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.StakeTooSmall.selector, worker, MINIMUM));
        registry.admit(certificate, signature);
    }

    function test_onceLessIsAskedForLessIsEnough() public {
        asks(MINIMUM);
        vm.prank(GOVERNANCE);
        registry.setMinimumStake(MINIMUM - 1);
        bond("novice", "anna", MINIMUM - 1);

        admit(Roles.WORKER, "novice");

        vm.assertEq(registry.isActive(novice, Roles.WORKER), true);
    }

    function test_othersNeedNone() public {
        asks(MINIMUM);

        enrolWithoutStake("newcomer");

        vm.assertEq(registry.isActive(accountOf("newcomer"), Roles.DISPATCHER), true);
    }

    function test_moreIsAskedForAtOnceAndLessAfterTheDelay() public {
        EnclaveRegistry delayed =
            new EnclaveRegistry(GOVERNANCE, address(settlement), 2 days, IManagerAttestation(address(0)));
        vm.startPrank(GOVERNANCE);
        vm.expectEmit(address(delayed));
        emit IEnclaveRegistry.MinimumStakeChanged(MINIMUM, uint64(block.timestamp));
        delayed.setMinimumStake(MINIMUM);
        vm.assertEq(delayed.minimumStake(), MINIMUM);

        uint64 from = uint64(block.timestamp) + 2 days;
        vm.expectEmit(address(delayed));
        emit IEnclaveRegistry.MinimumStakeChanged(10, from);
        delayed.setMinimumStake(10);
        // Asked for less a second time, the first is not in effect yet.
        delayed.setMinimumStake(20);
        vm.assertEq(delayed.minimumStake(), MINIMUM);
        delayed.setMinimumStake(10);
        vm.warp(from - 1);
        vm.assertEq(delayed.minimumStake(), MINIMUM);
        vm.warp(from);
        vm.assertEq(delayed.minimumStake(), 10);

        // Asked for less and then for more in between, it was never less.
        delayed.setMinimumStake(5);
        delayed.setMinimumStake(MINIMUM);
        vm.assertEq(delayed.minimumStake(), MINIMUM);
        vm.stopPrank();
    }

    function test_onlyGovernanceAsks() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        registry.setMinimumStake(MINIMUM);
    }

    function test_aBatchIsJustifiedByAWorkerThatLostItsStakeSince() public {
        bond("worker", "anna", MINIMUM);
        asks(MINIMUM);
        Docket memory docket = aDocket(1, 0);

        vm.prank(accountOf("anna"));
        stakes.unbond(worker, MINIMUM);
        challenged(docket);
        court.answerDebit(docket.batch.header, 0, answerTo(docket));

        vm.assertEq(uint8(stateOf(docket, ICourt.Subject.Debit)), uint8(ICourt.State.Answered));
    }

    function test_whoWorkedBeforeARiseIsStillLetInForOneWithdrawDelayAndIsNotActive() public {
        vm.prank(GOVERNANCE);
        registry.setMinimumStake(MINIMUM);
        uint256 raisedAt = block.timestamp;
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "novice");
        NodeCertificate memory late = aCertificate(Roles.WORKER, "latecomer");
        bytes memory signature = signed(late, "manager");

        vm.warp(raisedAt + WITHDRAW_DELAY);
        registry.admit(certificate, signed(certificate, "manager"));
        vm.assertEq(registry.isActive(novice, Roles.WORKER), false);
        vm.assertEq(registry.servedUntil(novice, Roles.WORKER, block.timestamp), true);

        vm.warp(raisedAt + WITHDRAW_DELAY + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.StakeTooSmall.selector, accountOf("latecomer"), MINIMUM)
        );
        registry.admit(late, signature);
    }

    /// @dev Long enough ago for all that was leased before to be settled.
    function asks(uint128 amount) private {
        vm.prank(GOVERNANCE);
        registry.setMinimumStake(amount);
        elapse(WITHDRAW_DELAY + 1);
    }
}
