// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {IStakes} from "../src/interfaces/IStakes.sol";
import {TaskId} from "../src/types/Order.sol";
import {Acknowledgement, Receipt} from "../src/types/Receipt.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Courtroom} from "./support/Courtroom.sol";
import {HookToken, ITransferHook} from "./support/Tokens.sol";

/// @notice Calls a contract once more, `again`, from within every transfer that it takes part in.
contract ReentrantStaker is ITransferHook {
    bytes private _again;
    address private _target;
    uint256 public refusals;
    bytes4 public refusal;

    constructor(HookToken token) {
        token.hook();
    }

    function run(address target, bytes calldata first, bytes calldata again) external {
        (_target, _again) = (target, again);
        (bool done, bytes memory reason) = target.call(first);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function onTransfer() external {
        bytes memory again = _again;
        if (again.length == 0) return;
        _again = "";
        (bool done, bytes memory reason) = _target.call(again);
        if (!done) {
            refusals++;
            refusal = bytes4(reason);
        }
    }
}

/// @notice Stakes, bonds and rewards in a token that calls back, with everybody else's money beside them.
contract JusticeTokensTest is Courtroom {
    HookToken private hookToken;
    ReentrantStaker private attacker;

    function setUp() public {
        hookToken = new HookToken();
        deployFor(IERC20(address(hookToken)));
        attacker = new ReentrantStaker(hookToken);
        hookToken.mint(address(attacker), 10_000);
        hookToken.mint(address(this), 10_000);
        hookToken.approve(address(stakes), 10_000);
        stakes.bond(worker, 10_000);
        address[3] memory places = [address(stakes), address(court), address(demands)];
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(address(attacker));
            hookToken.approve(places[i], type(uint256).max);
        }
    }

    function test_aBondReenteredByABondIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IStakes.BondInexact.selector, 10_060, 10_100));
        attacker.run(
            address(stakes), abi.encodeCall(IStakes.bond, (worker, 60)), abi.encodeCall(IStakes.bond, (worker, 40))
        );
    }

    function test_aWithdrawalOfAStakeReenteredPaysOnce() public {
        attacker.run(address(stakes), abi.encodeCall(IStakes.bond, (worker, 100)), "");
        attacker.run(address(stakes), abi.encodeCall(IStakes.unbond, (worker, 100)), "");
        elapse(UNBONDING_TIME);
        bytes memory withdraw = abi.encodeCall(IStakes.withdraw, (worker));

        attacker.run(address(stakes), withdraw, withdraw);

        vm.assertEq(attacker.refusals(), 1);
        vm.assertEq(bytes32(attacker.refusal()), bytes32(IStakes.NothingUnbonding.selector));
        vm.assertEq(hookToken.balanceOf(address(attacker)), 10_000);
        vm.assertEq(hookToken.balanceOf(address(stakes)), 10_000);
    }

    function test_aRewardCollectedReenteredIsPaidOnce() public {
        (Receipt memory first, Receipt memory second) =
            (aReceipt(TaskId.wrap("task"), 1), aReceipt(TaskId.wrap("task"), 2));
        bytes memory convict =
            abi.encodeCall(IStakes.convict, (first, signed(first, "worker"), second, signed(second, "worker")));
        attacker.run(address(stakes), convict, "");
        bytes memory collect = abi.encodeCall(IStakes.collect, ());

        attacker.run(address(stakes), collect, collect);

        vm.assertEq(bytes32(attacker.refusal()), bytes32(IStakes.NothingToCollect.selector));
        vm.assertEq(hookToken.balanceOf(address(attacker)), 10_000 + REWARD_MAX);
    }

    function test_aReturnedBondCollectedReenteredIsPaidOnce() public {
        admit(Roles.WORKER, "worker");
        Receipt memory receipt = aReceipt(TaskId.wrap("task"), 80);
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        bytes memory demand = abi.encodeCall(
            demands.demand, (receipt, signed(receipt, "worker"), acknowledgement, signed(acknowledgement, "dispatcher"))
        );
        bytes32 hash = hashOf(receipt);
        vm.warp(acknowledgement.settleBy + GRACE + 1);
        attacker.run(address(demands), demand, demand);
        vm.assertEq(attacker.refusals(), 1);
        vm.assertEq(hookToken.balanceOf(address(demands)), BOND);
        elapse(ANSWER_TIME + 1);
        demands.enforce(hash);
        bytes memory collect = abi.encodeCall(IBonds.collect, ());

        attacker.run(address(demands), collect, collect);

        vm.assertEq(bytes32(attacker.refusal()), bytes32(IBonds.NothingToCollect.selector));
        vm.assertEq(hookToken.balanceOf(address(attacker)), 10_000);
        vm.assertEq(hookToken.balanceOf(address(demands)), 0);
    }
}
