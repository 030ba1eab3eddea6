// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IEnclaveRegistry} from "../src/interfaces/IEnclaveRegistry.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Deployment} from "./support/Deployment.sol";

/// @notice A timelock can be governance: it takes the registry over, and decides by what was scheduled and waited for.
contract TimelockTest is Deployment {
    uint256 private constant DELAY = 3 days;
    uint64 private constant NEW_EPOCH = 1;
    address private proposer = accountOf("proposer");
    address private manager = accountOf("another manager");
    TimelockController private timelock;

    function setUp() public {
        deploy();
        address[] memory proposers = new address[](1);
        proposers[0] = proposer;
        // The zero address as executor: anybody may execute what is due. No administrator but the timelock itself.
        timelock = new TimelockController(DELAY, proposers, new address[](1), address(0));
        vm.prank(GOVERNANCE);
        registry.transferOwnership(address(timelock));
    }

    function test_takesTheRegistryOver() public {
        vm.assertEq(registry.owner(), GOVERNANCE);
        decide(abi.encodeCall(registry.acceptOwnership, ()));

        vm.assertEq(registry.owner(), address(timelock));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GOVERNANCE));
        vm.prank(GOVERNANCE);
        registry.setPaused(true);
    }

    function test_listsAManagerAndPauses() public {
        decide(abi.encodeCall(registry.acceptOwnership, ()));
        operate(Roles.MANAGER, "another manager");
        vm.assertEq(registry.isManager(manager, NEW_EPOCH), false);

        decide(abi.encodeCall(registry.setManager, (manager, NEW_EPOCH, true)));
        vm.assertEq(registry.isManager(manager, NEW_EPOCH), true);

        decide(abi.encodeCall(registry.setPaused, (true)));
        vm.expectRevert(IEnclaveRegistry.MarketPaused.selector);
        registry.requireOpen();
        decide(abi.encodeCall(registry.setPaused, (false)));
        registry.requireOpen();
    }

    function test_decidesNothingBeforeTheDelayIsOver() public {
        decide(abi.encodeCall(registry.acceptOwnership, ()));
        bytes memory decision = abi.encodeCall(registry.setPaused, (true));
        schedule(decision);

        elapse(DELAY - 1);
        vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
        execute(decision);
        elapse(1);
        execute(decision);
        vm.assertEq(registry.openSince(), type(uint64).max);
    }

    function test_whatARegistryRefusesIsRefusedThroughATimelockToo() public {
        decide(abi.encodeCall(registry.acceptOwnership, ()));
        bytes memory decision = abi.encodeCall(registry.setPaused, (false));
        schedule(decision);
        elapse(DELAY);

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.PauseUnchanged.selector, false));
        execute(decision);
    }

    function decide(bytes memory decision) private {
        schedule(decision);
        elapse(DELAY);
        execute(decision);
    }

    function schedule(bytes memory decision) private {
        vm.prank(proposer);
        timelock.schedule(address(registry), 0, decision, 0, 0, DELAY);
    }

    function execute(bytes memory decision) private {
        vm.prank(accountOf("anybody"));
        timelock.execute(address(registry), 0, decision, 0, 0);
    }
}
