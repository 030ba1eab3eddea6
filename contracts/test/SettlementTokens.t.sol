// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Settlement} from "../src/Settlement.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Credit, Debit} from "../src/types/Batch.sol";
import {Deployment} from "./support/Deployment.sol";
import {BlockingToken, FeeToken, HookToken, ITransferHook, RebasingToken, SilentToken} from "./support/Tokens.sol";

/// @notice Calls the settlement once more, `again`, from within every transfer that it takes part in.
contract Reentrant is ITransferHook {
    Settlement private immutable _settlement;
    bytes private _again;
    uint256 public refusals;
    bytes4 public refusal;

    constructor(HookToken token, Settlement settlement) {
        _settlement = settlement;
        token.hook();
        token.approve(address(settlement), type(uint256).max);
    }

    function run(bytes calldata first, bytes calldata again) external {
        _again = again;
        (bool done, bytes memory reason) = address(_settlement).call(first);
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
        (bool done, bytes memory reason) = address(_settlement).call(again);
        if (!done) {
            refusals++;
            refusal = bytes4(reason);
        }
    }
}

/// @notice Tokens that misbehave.
contract SettlementTokensTest is Deployment {
    HookToken private hookToken;
    Reentrant private attacker;

    function test_refusesATokenThatTakesAFee() public {
        FeeToken fee = new FeeToken();
        deployFor(fee);
        fee.mint(address(this), 1000);
        fee.approve(address(settlement), 1000);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.TransferInexact.selector, 1000, 990));
        settlement.deposit(1000);
    }

    function test_depositsNothingOnTopOfWhatTheTokenTookAway() public {
        RebasingToken rebasing = new RebasingToken();
        deployFor(rebasing);
        rebasing.mint(address(this), 3000);
        rebasing.approve(address(settlement), type(uint256).max);
        settlement.deposit(1000);

        rebasing.rebase(90);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TokensMissing.selector, 1000, 900));
        settlement.deposit(90);
        settlement.withdraw(90);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TokensMissing.selector, 910, 810));
        settlement.deposit(90);

        rebasing.rebase(200);
        settlement.deposit(200);
        vm.assertEq(settlement.balance(address(this)), 1110);
        vm.assertEq(settlement.held(), 1110);
    }

    function test_refusesATokenThatSaysFalse() public {
        SilentToken silent = new SilentToken();
        deployFor(silent);

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(silent)));
        settlement.deposit(1000);
    }

    function test_withdrawReenteredPaysOnce() public {
        attackWithMoneyOfOthers();
        attacker.run(abi.encodeCall(ISettlement.deposit, (100)), "");
        bytes memory withdraw = abi.encodeCall(ISettlement.withdraw, (100));

        attacker.run(withdraw, withdraw);

        vm.assertEq(attacker.refusals(), 1);
        vm.assertEq(bytes32(attacker.refusal()), bytes32(ISettlement.BalanceTooSmall.selector));
        vm.assertEq(hookToken.balanceOf(address(attacker)), 100);
        vm.assertEq(hookToken.balanceOf(address(settlement)), 1000);
    }

    function test_claimReenteredPaysOnce() public {
        attackWithMoneyOfOthers();
        enrol("dispatcher");
        hookToken.mint(address(this), 100);
        hookToken.approve(address(stakes), 100);
        stakes.bond(accountOf("dispatcher"), 100);
        settlement.allow(accountOf("dispatcher"), 0, 100, uint40(block.timestamp + 1 days));
        settle(
            aBatch(
                "dispatcher", list(Debit(address(this), 0, 1, 100)), noRequests(), list(Credit(address(attacker), 100))
            )
        );
        mature();
        bytes memory claim = abi.encodeCall(ISettlement.claim, ());

        attacker.run(claim, claim);

        vm.assertEq(attacker.refusals(), 1);
        vm.assertEq(bytes32(attacker.refusal()), bytes32(ISettlement.NothingToClaim.selector));
        vm.assertEq(hookToken.balanceOf(address(attacker)), 200);
        vm.assertEq(hookToken.balanceOf(address(settlement)), 900);
    }

    function test_depositReenteredByADepositDepositsOnce() public {
        attackWithMoneyOfOthers();

        attacker.run(abi.encodeCall(ISettlement.deposit, (60)), abi.encodeCall(ISettlement.deposit, (40)));

        vm.assertEq(attacker.refusals(), 1);
        vm.assertEq(bytes32(attacker.refusal()), bytes32(ISettlement.TokensMissing.selector));
        vm.assertEq(settlement.balance(address(attacker)), 60);
        vm.assertEq(hookToken.balanceOf(address(settlement)), 1060);
    }

    function test_depositReenteredByAWithdrawalOfItIsRefused() public {
        attackWithMoneyOfOthers();

        vm.expectRevert(abi.encodeWithSelector(ISettlement.TransferInexact.selector, 1100, 1000));
        attacker.run(abi.encodeCall(ISettlement.deposit, (100)), abi.encodeCall(ISettlement.withdraw, (100)));
    }

    /// @notice Pay is pulled, so that whoever cannot take it holds up neither a batch nor anybody else's pay.
    function test_aPayeeThatCannotReceiveHoldsUpNobody() public {
        BlockingToken token = new BlockingToken();
        deployFor(token);
        enrol("dispatcher");
        token.mint(address(this), 200);
        token.approve(address(settlement), 100);
        settlement.deposit(100);
        token.approve(address(stakes), 100);
        stakes.bond(accountOf("dispatcher"), 100);
        settlement.allow(accountOf("dispatcher"), 0, 100, uint40(block.timestamp + 1 days));
        address barred = accountOf("barred");
        address other = accountOf("other");
        token.setBlocked(barred, true);
        Credit[] memory credits = new Credit[](2);
        (credits[0], credits[1]) =
            barred < other ? (Credit(barred, 60), Credit(other, 40)) : (Credit(other, 40), Credit(barred, 60));

        settle(aBatch("dispatcher", list(Debit(address(this), 0, 1, 100)), noRequests(), credits));
        mature();
        vm.prank(other);
        settlement.claim();
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.AccountBlocked.selector, barred));
        vm.prank(barred);
        settlement.claim();

        vm.assertEq(token.balanceOf(other), 40);
        vm.assertEq(settlement.claimable(barred), 60);
        token.setBlocked(barred, false);
        vm.prank(barred);
        settlement.claim();
        vm.assertEq(token.balanceOf(barred), 60);
    }

    /// @dev The attacker owns 100 tokens, and the settlement holds 1000 of somebody else.
    function attackWithMoneyOfOthers() private {
        hookToken = new HookToken();
        deployFor(hookToken);
        hookToken.mint(address(this), 1000);
        hookToken.approve(address(settlement), 1000);
        settlement.deposit(1000);
        attacker = new Reentrant(hookToken, settlement);
        hookToken.mint(address(attacker), 100);
    }
}
