// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EnclaveRegistry} from "../src/EnclaveRegistry.sol";
import {IManagerAttestation} from "../src/interfaces/IManagerAttestation.sol";
import {Settlement} from "../src/Settlement.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Deployment} from "./support/Deployment.sol";

/// @notice Free balances and lanes.
contract SettlementEscrowTest is Deployment {
    address private payer = accountOf("payer");
    address private dispatcher = accountOf("dispatcher");

    function setUp() public {
        deploy();
    }

    function test_knowsItsTokenRegistryDelayAndDomain() public view {
        vm.assertEq(address(settlement.token()), address(token));
        vm.assertEq(address(settlement.registry()), address(registry));
        vm.assertEq(address(settlement.stakes()), address(stakes));
        vm.assertEq(settlement.court(), address(court));
        vm.assertEq(settlement.demands(), address(demands));
        vm.assertEq(settlement.withdrawDelay(), WITHDRAW_DELAY);
        vm.assertEq(settlement.period(), PERIOD);
        vm.assertEq(settlement.domainSeparator(), hasher.domainSeparator(address(settlement)));
    }

    function test_refusesARegistryOfAnotherSettlement() public {
        ISettlement.Terms memory terms = termsFor(token);
        terms.registry = new EnclaveRegistry(GOVERNANCE, address(this), 0, IManagerAttestation(address(0)));

        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.RegistryOfAnother.selector, address(terms.registry), address(this))
        );
        new Settlement(terms);
    }

    function test_refusesADelayThatProtectsNobodyOrHoldsMoneyHostage() public {
        refusesDelay(0);
        refusesDelay(30 days + 1);
    }

    function test_refusesAPeriodThatIsNoneOrHoldsCreditsBack() public {
        refusesPeriod(0);
        refusesPeriod(14 days + 1);
    }

    function testFuzz_whatIsDepositedIsWithdrawn(uint128 amount, uint128 part) public {
        part = uint128(within(part, 0, amount));
        fund("payer", amount);
        vm.assertEq(settlement.balance(payer), amount);
        vm.assertEq(token.balanceOf(address(settlement)), amount);

        vm.startPrank(payer);
        settlement.withdraw(part);
        vm.assertEq(token.balanceOf(payer), part);
        vm.assertEq(settlement.balance(payer), amount - part);
        settlement.withdraw(amount - part);
        vm.stopPrank();

        vm.assertEq(token.balanceOf(payer), amount);
        vm.assertEq(token.balanceOf(address(settlement)), 0);
    }

    function test_balancesBeyondTheLargestAmountAddUp() public {
        fund("payer", type(uint128).max);
        fund("payer", type(uint128).max);

        vm.assertEq(settlement.balance(payer), 2 * uint256(type(uint128).max));
    }

    function test_saysWhatWasDepositedAndWithdrawn() public {
        token.mint(payer, 10);
        vm.startPrank(payer);
        token.approve(address(settlement), 10);

        vm.expectEmit(address(settlement));
        emit ISettlement.Deposited(payer, 10);
        settlement.deposit(10);
        vm.expectEmit(address(settlement));
        emit ISettlement.Withdrawn(payer, 4);
        settlement.withdraw(4);
        vm.stopPrank();
    }

    function testFuzz_nobodyWithdrawsBeyondHerBalance(uint128 balance, uint128 amount) public {
        balance = uint128(within(balance, 0, type(uint128).max - 1));
        amount = uint128(within(amount, uint256(balance) + 1, type(uint128).max));
        fund("somebody else", type(uint128).max);
        fund("payer", balance);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BalanceTooSmall.selector, payer, balance, amount));
        vm.prank(payer);
        settlement.withdraw(amount);
    }

    function test_depositsByPermitInOneCall() public {
        token.mint(payer, 10);
        ISettlement.Permit memory permit = permitFor("payer", 10);

        vm.prank(payer);
        settlement.depositWithPermit(10, permit);

        vm.assertEq(settlement.balance(payer), 10);
        vm.assertEq(token.allowance(payer, address(settlement)), 0);
    }

    function test_depositsEvenIfSomebodyPostedThePermitFirst() public {
        token.mint(payer, 10);
        ISettlement.Permit memory permit = permitFor("payer", 10);
        vm.prank(accountOf("front-runner"));
        token.permit(payer, address(settlement), 10, permit.deadline, permit.v, permit.r, permit.s);

        vm.prank(payer);
        settlement.depositWithPermit(10, permit);

        vm.assertEq(settlement.balance(payer), 10);
    }

    function test_aWrongPermitDepositsNothing() public {
        token.mint(payer, 10);
        ISettlement.Permit memory permit = permitFor("somebody else", 10);

        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
        vm.prank(payer);
        settlement.depositWithPermit(10, permit);
    }

    function test_opensALaneOutOfTheFreeBalance() public {
        fund("payer", 10);
        uint40 expiry = uint40(block.timestamp + 1 days);

        vm.expectEmit(address(settlement));
        emit ISettlement.AllowanceIncreased(payer, dispatcher, 7, 6, expiry);
        vm.prank(payer);
        settlement.allow(dispatcher, 7, 6, expiry);

        vm.assertEq(settlement.balance(payer), 4);
        hasAllowance(7, 6, 0, expiry);
        hasAllowance(8, 0, 0, 0);
    }

    function test_depositsAndOpensALaneInOneCall() public {
        token.mint(payer, 30);
        uint40 expiry = uint40(block.timestamp + 1 days);
        ISettlement.Permit memory permit = permitFor("payer", 20);

        vm.startPrank(payer);
        settlement.depositAndAllowWithPermit(dispatcher, 1, 20, expiry, permit);
        token.approve(address(settlement), 10);
        settlement.depositAndAllow(dispatcher, 2, 10, expiry);
        vm.stopPrank();

        hasAllowance(1, 20, 0, expiry);
        hasAllowance(2, 10, 0, expiry);
        vm.assertEq(settlement.balance(payer), 0);
    }

    function test_topsALaneUpAndProlongsIt() public {
        open("payer", "dispatcher", 0, 5);
        fund("payer", 10);
        uint40 later = uint40(block.timestamp + 20 days);

        vm.startPrank(payer);
        settlement.allow(dispatcher, 0, 10, later);
        settlement.allow(dispatcher, 0, 0, later);
        vm.stopPrank();

        hasAllowance(0, 15, 0, later);
    }

    function test_refusesAnAllowanceBeyondTheFreeBalance() public {
        fund("payer", 10);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BalanceTooSmall.selector, payer, 10, 11));
        vm.prank(payer);
        settlement.allow(dispatcher, 0, 11, uint40(block.timestamp + 1));
    }

    function test_refusesAnAllowanceThatDoesNotFit() public {
        open("payer", "dispatcher", 0, type(uint128).max);
        fund("payer", 1);

        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 128, uint256(1) << 128)
        );
        vm.prank(payer);
        settlement.allow(dispatcher, 0, 1, uint40(block.timestamp + 10 days));
    }

    function test_refusesAnExpiryThatIsPastOrEarlierThanBefore() public {
        open("payer", "dispatcher", 0, 5);
        uint40 expiry = uint40(block.timestamp + 10 days);

        vm.startPrank(payer);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ExpiryShortened.selector, expiry, expiry - 1));
        settlement.allow(dispatcher, 0, 0, expiry - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ExpiryInPast.selector, block.timestamp, block.timestamp));
        settlement.allow(dispatcher, 1, 0, uint40(block.timestamp));
        vm.stopPrank();
    }

    function test_moneyOfALaneIsNotFree() public {
        open("payer", "dispatcher", 0, 5);

        vm.expectRevert(abi.encodeWithSelector(ISettlement.BalanceTooSmall.selector, payer, 0, 1));
        vm.prank(payer);
        settlement.withdraw(1);
    }

    function test_closingBringsTheExpiryForwardToNow() public {
        open("payer", "dispatcher", 0, 5);
        elapse(1 days);
        uint40 now_ = uint40(block.timestamp);

        vm.expectEmit(address(settlement));
        emit ISettlement.AllowanceClosed(payer, dispatcher, 0, now_, now_ + WITHDRAW_DELAY);
        vm.prank(payer);
        settlement.close(dispatcher, 0);

        hasAllowance(0, 5, 0, now_);
    }

    function test_refusesToCloseALaneThatIsNotOpen() public {
        vm.startPrank(payer);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceNotOpen.selector, payer, dispatcher, 0, 0));
        settlement.close(dispatcher, 0);
        vm.stopPrank();

        open("payer", "dispatcher", 0, 5);
        vm.startPrank(payer);
        settlement.close(dispatcher, 0);
        uint40 closedAt = uint40(block.timestamp);
        elapse(1 hours);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceNotOpen.selector, payer, dispatcher, 0, closedAt));
        settlement.close(dispatcher, 0);
        vm.stopPrank();
    }

    function test_releasesWhatRemainsAfterTheDelay() public {
        open("payer", "dispatcher", 0, 5);
        vm.startPrank(payer);
        settlement.close(dispatcher, 0);
        uint256 releasableAt = block.timestamp + WITHDRAW_DELAY;

        vm.warp(releasableAt - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.AllowanceNotReleasable.selector, payer, dispatcher, 0, releasableAt)
        );
        settlement.release(dispatcher, 0);

        vm.warp(releasableAt);
        vm.expectEmit(address(settlement));
        emit ISettlement.AllowanceReleased(payer, dispatcher, 0, 5);
        settlement.release(dispatcher, 0);
        vm.assertEq(settlement.balance(payer), 5);
        hasAllowance(0, 0, 0, uint40(releasableAt - WITHDRAW_DELAY));

        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceEmpty.selector, payer, dispatcher, 0));
        settlement.release(dispatcher, 0);
        settlement.withdraw(5);
        vm.stopPrank();
    }

    function test_releasesAnExpiredLaneThatWasNeverClosed() public {
        open("payer", "dispatcher", 0, 5);
        elapse(10 days + WITHDRAW_DELAY);

        vm.prank(payer);
        settlement.release(dispatcher, 0);

        vm.assertEq(settlement.balance(payer), 5);
    }

    function test_nobodyElseClosesOrReleasesALane() public {
        open("payer", "dispatcher", 0, 5);

        vm.startPrank(dispatcher);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceNotOpen.selector, dispatcher, dispatcher, 0, 0));
        settlement.close(dispatcher, 0);
        elapse(100 days);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AllowanceEmpty.selector, dispatcher, dispatcher, 0));
        settlement.release(dispatcher, 0);
        vm.stopPrank();
    }

    function test_aFarExpiryDoesNotOverflow() public {
        fund("payer", 5);
        vm.startPrank(payer);
        settlement.allow(dispatcher, 0, 5, type(uint40).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlement.AllowanceNotReleasable.selector,
                payer,
                dispatcher,
                0,
                uint256(type(uint40).max) + WITHDRAW_DELAY
            )
        );
        settlement.release(dispatcher, 0);
        settlement.close(dispatcher, 0);
        elapse(WITHDRAW_DELAY);
        settlement.release(dispatcher, 0);
        vm.stopPrank();

        vm.assertEq(settlement.balance(payer), 5);
    }

    function refusesDelay(uint40 delay) private {
        ISettlement.Terms memory terms = termsOfANewOne();
        terms.withdrawDelay = delay;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WithdrawDelayOutOfRange.selector, delay, 30 days));
        new Settlement(terms);
    }

    function refusesPeriod(uint40 period) private {
        ISettlement.Terms memory terms = termsOfANewOne();
        terms.period = period;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.PeriodOutOfRange.selector, period, 14 days));
        new Settlement(terms);
    }

    function hasAllowance(uint32 lane, uint128 remaining, uint64 settledSequence, uint40 expiry) private view {
        ISettlement.Allowance memory expected = ISettlement.Allowance(remaining, settledSequence, expiry);
        vm.assertEq(abi.encode(settlement.allowance(payer, dispatcher, lane)), abi.encode(expected));
    }
}
