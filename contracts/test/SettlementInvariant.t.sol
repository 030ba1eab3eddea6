// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Court} from "../src/Court.sol";
import {Demands} from "../src/Demands.sol";
import {Settlement} from "../src/Settlement.sol";
import {Stakes} from "../src/Stakes.sol";
import {StateAnchor} from "../src/StateAnchor.sol";
import {DevToken} from "../src/dev/DevToken.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IStateAnchor} from "../src/interfaces/IStateAnchor.sol";
import {Anchor} from "../src/types/Anchor.sol";
import {TaskId} from "../src/types/Order.sol";
import {Handler} from "./support/Handler.sol";
import {Test} from "./support/Vm.sol";

/// @notice What holds after every random history, see `Handler`.
contract SettlementInvariantTest is Test {
    Handler private handler;
    Settlement private settlement;
    DevToken private token;
    Stakes private stakes;
    Court private court;
    Demands private demands;
    StateAnchor private anchors;

    function setUp() public {
        handler = new Handler();
        (settlement, token) = handler.market();
        (stakes, court, demands) = handler.justice();
        anchors = handler.anchors();
    }

    /// @dev Read by forge.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev One function, so that one set of histories serves all of them.
    function invariant_moneyIsConservedAndNothingIsSettledTwice() public view {
        balancesLanesEscrowsAndCreditsAreTheTokenBalance();
        noUnitAppearsOrVanishes();
        everySequenceIsSettledOnce();
        everyRequestIsPaidOrReclaimedAtMostOnce();
        batchesOfADispatcherAreCountedWithoutGap();
        streamsAreWhereTheyRoseTo();
        noAttackSucceeds();
        stakesCourtAndDemandsHoldWhatTheyOwe();
        payeesHaveWhatTheyEarnedInBatchesThatStand();
    }

    function balancesLanesEscrowsAndCreditsAreTheTokenBalance() private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            sum += settlement.balance(handler.payerAt(i));
            for (uint256 j = 0; j < handler.DISPATCHERS(); j++) {
                for (uint32 lane = 0; lane < handler.LANES(); lane++) {
                    sum += settlement.allowance(handler.payerAt(i), handler.dispatcherAt(j), lane).remaining;
                }
            }
        }
        for (uint256 i = 0; i < handler.PAYEES(); i++) {
            sum += settlement.claimable(handler.payeeAt(i)) + settlement.pending(handler.payeeAt(i));
        }
        TaskId[] memory requests = handler.requests();
        for (uint256 i = 0; i < requests.length; i++) {
            sum += settlement.requestOf(requests[i]).escrow;
        }
        vm.assertEq(sum, token.balanceOf(address(settlement)));
        vm.assertEq(sum, settlement.held());
    }

    function noUnitAppearsOrVanishes() private view {
        uint256 sum = token.balanceOf(address(settlement)) + token.balanceOf(address(stakes))
            + token.balanceOf(address(court)) + token.balanceOf(address(demands));
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            sum += token.balanceOf(handler.payerAt(i));
        }
        for (uint256 i = 0; i < handler.PAYEES(); i++) {
            sum += token.balanceOf(handler.payeeAt(i));
        }
        sum += token.balanceOf(accountOf("challenger")) + token.balanceOf(accountOf("worker owner"));
        sum += token.balanceOf(accountOf("operator")) + token.balanceOf(accountOf("second staker"));
        sum += token.balanceOf(accountOf("treasury"));
        vm.assertEq(sum, handler.minted());
    }

    function stakesCourtAndDemandsHoldWhatTheyOwe() private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.DISPATCHERS(); i++) {
            sum += stakes.pool(handler.dispatcherAt(i)).amount;
            vm.assertLe(stakes.bonded(handler.dispatcherAt(i)), stakes.pool(handler.dispatcherAt(i)).amount);
        }
        sum += stakes.pool(accountOf("worker")).amount;
        sum += stakes.owed(accountOf("challenger")) + stakes.owed(accountOf("treasury"));
        vm.assertEq(sum, token.balanceOf(address(stakes)));
        (uint256 atCourt, uint256 atDemands) = handler.openBonds();
        address challenger = accountOf("challenger");
        address workerOwner = accountOf("worker owner");
        vm.assertEq(
            atCourt * court.bond() + court.owed(challenger) + court.owed(workerOwner), token.balanceOf(address(court))
        );
        vm.assertEq(
            atDemands * demands.bond() + demands.owed(challenger) + demands.owed(workerOwner),
            token.balanceOf(address(demands))
        );
    }

    function payeesHaveWhatTheyEarnedInBatchesThatStand() private view {
        for (uint256 i = 0; i < handler.PAYEES(); i++) {
            address payee = handler.payeeAt(i);
            uint256 has = settlement.pending(payee) + settlement.claimable(payee) + handler.claimed(payee);
            vm.assertEq(has, handler.earned(payee));
        }
    }

    function everySequenceIsSettledOnce() private view {
        for (uint256 i = 0; i < handler.PAYERS(); i++) {
            for (uint256 j = 0; j < handler.DISPATCHERS(); j++) {
                for (uint32 lane = 0; lane < handler.LANES(); lane++) {
                    (address payer, address dispatcher) = (handler.payerAt(i), handler.dispatcherAt(j));
                    uint256 settled = settlement.allowance(payer, dispatcher, lane).settledSequence;
                    vm.assertEq(handler.tasksSettled(payer, dispatcher, lane), settled);
                }
            }
        }
    }

    function everyRequestIsPaidOrReclaimedAtMostOnce() private view {
        TaskId[] memory requests = handler.requests();
        for (uint256 i = 0; i < requests.length; i++) {
            ISettlement.Request memory asked = settlement.requestOf(requests[i]);
            bool open = asked.state == ISettlement.RequestState.Open;
            vm.assertEq(handler.timesPaidOrReclaimed(requests[i]), open ? 0 : 1);
            vm.assertTrue(open || asked.escrow == 0, "money left in a closed request");
        }
    }

    function batchesOfADispatcherAreCountedWithoutGap() private view {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.DISPATCHERS(); i++) {
            sum += settlement.batchChain(handler.dispatcherAt(i)).number;
        }
        vm.assertEq(sum, handler.batches());
    }

    /// @dev The handler counts a move that does not rise as a breach; nothing else may have moved a stream.
    function streamsAreWhereTheyRoseTo() private view {
        for (uint256 i = 0; i < handler.STREAMS(); i++) {
            (address owner, Anchor memory last) = handler.positionOf(i);
            IStateAnchor.Stream memory seen = anchors.stream(last.stream);
            vm.assertEq(seen.owner, owner);
            vm.assertEq(uint256(seen.epoch), uint256(last.epoch), "epoch");
            vm.assertEq(uint256(seen.index), uint256(last.index), "index");
            vm.assertEq(seen.digest, last.digest);
        }
    }

    function noAttackSucceeds() private view {
        vm.assertEq(handler.breaches(), 0);
    }
}
