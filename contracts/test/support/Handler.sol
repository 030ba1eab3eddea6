// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Court} from "../../src/Court.sol";
import {Demands} from "../../src/Demands.sol";
import {Settlement} from "../../src/Settlement.sol";
import {Stakes} from "../../src/Stakes.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Credit, Debit, RequestPayment, SignedBatch} from "../../src/types/Batch.sol";
import {Roles} from "../../src/types/NodeCertificate.sol";
import {TaskId} from "../../src/types/Order.sol";
import {Acknowledgement, Receipt} from "../../src/types/Receipt.sol";
import {Streams} from "./Streams.sol";

/// @notice Random but valid life of a deployment: three payers, two dispatchers and four that come after frozen ones,
/// two lanes each, three payees, challengers, stakers, a worker that signs twice, and a governance that pauses; the
/// streams of `Streams` move meanwhile. Beside the valid actions stand attacks; one that succeeds is counted in
/// `breaches`.
contract Handler is Streams {
    uint256 public constant PAYERS = 3;
    uint256 public constant DISPATCHERS = 6;
    uint256 public constant LANES = 2;
    uint256 public constant PAYEES = 3;

    struct Opened {
        uint256 batch; // in `_settled`
        ICourt.Subject subject;
        uint256 index;
    }

    string[3] private _payers = ["payer 0", "payer 1", "payer 2"];
    string[6] private _dispatchers =
        ["dispatcher 0", "dispatcher 1", "dispatcher 2", "dispatcher 3", "dispatcher 4", "dispatcher 5"];
    uint256 private _enrolled;
    string[3] private _payees = ["payee 0", "payee 1", "payee 2"];
    // Their accounts, worked out once: the histories spend their time on the contracts.
    address[] private _payerAccounts;
    address[] private _dispatcherAccounts;
    address[] private _payeeAccounts;

    TaskId[] private _requests;
    bytes[] private _settled; // each an encoded SignedBatch, which plain storage cannot hold
    uint64[][] private _previous; // of each settled batch
    Opened[] private _challenges;
    bytes32[] private _demanded;
    uint256 private _convictions;

    uint256 public minted;
    uint256 public batches;
    uint256 public cancellations;
    mapping(address payee => uint256) public earned; // less what was cancelled in time
    mapping(address payee => uint256) public claimed;
    mapping(address payer => mapping(address dispatcher => mapping(uint32 lane => uint256))) public tasksSettled;
    mapping(TaskId taskId => uint256) public timesPaidOrReclaimed;

    constructor() {
        deploy();
        for (uint256 i = 0; i < PAYERS; i++) {
            _payerAccounts.push(accountOf(_payers[i]));
        }
        for (uint256 i = 0; i < PAYEES; i++) {
            _payeeAccounts.push(accountOf(_payees[i]));
        }
        for (uint256 i = 0; i < DISPATCHERS; i++) {
            _dispatcherAccounts.push(accountOf(_dispatchers[i]));
        }
        enrolNext();
        enrolNext();
        admitForEver(Roles.WORKER, "worker");
        openStreams();
        token.mint(challenger, type(uint128).max);
        vm.startPrank(challenger);
        token.approve(address(court), type(uint256).max);
        token.approve(address(demands), type(uint256).max);
        vm.stopPrank();
        minted += type(uint128).max;
    }

    function enrolNext() private {
        if (_enrolled == DISPATCHERS) return;
        string memory name = _dispatchers[_enrolled++];
        operate(Roles.DISPATCHER, name);
        admitForEver(Roles.DISPATCHER, name);
        bond(name, "operator", STAKE >> 4);
        minted += STAKE >> 4;
    }

    // Valid actions.

    function deposit(uint256 payer, uint128 amount) external {
        amount = amount >> 24;
        fund(_payers[payer % PAYERS], amount);
        minted += amount;
    }

    function withdraw(uint256 payer, uint128 amount) external {
        address account = payerAt(payer);
        amount = uint128(within(amount, 0, settlement.balance(account)));
        vm.prank(account);
        settlement.withdraw(amount);
    }

    function allow(uint256 payer, uint256 dispatcher, uint32 lane, uint128 amount, uint40 time) external {
        address account = payerAt(payer);
        lane = uint32(lane % LANES);
        amount = uint128(within(amount, 0, settlement.balance(account)));
        uint256 expiry = settlement.allowance(account, dispatcherAt(dispatcher), lane).expiry;
        uint256 earliest = expiry > block.timestamp ? expiry : block.timestamp + 1;
        uint40 chosen = uint40(earliest + time % 10 days);
        vm.prank(account);
        settlement.allow(dispatcherAt(dispatcher), lane, amount, chosen);
    }

    function close(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        if (lent.expiry <= block.timestamp) return;
        vm.prank(payerAt(payer));
        settlement.close(dispatcherAt(dispatcher), lane);
    }

    function release(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        bool frozen = settlement.batchChain(dispatcherAt(dispatcher)).frozen;
        if (lent.remaining == 0 || (block.timestamp < lent.expiry + WITHDRAW_DELAY && !frozen)) return;
        vm.prank(payerAt(payer));
        settlement.release(dispatcherAt(dispatcher), lane);
    }

    function request(uint256 payer, uint128 feeMax) external {
        if (paused()) return;
        feeMax = uint128(within(feeMax, 0, settlement.balance(payerAt(payer))));
        _requests.push(ask(_payers[payer % PAYERS], feeMax, bytes32(_requests.length)));
    }

    function reclaim(uint256 index) external {
        if (_requests.length == 0) return;
        TaskId taskId = _requests[index % _requests.length];
        ISettlement.Request memory asked = settlement.requestOf(taskId);
        if (asked.state != ISettlement.RequestState.Open || block.timestamp < asked.reclaimableAt) return;
        settlement.reclaim(taskId);
        timesPaidOrReclaimed[taskId]++;
    }

    function settle(uint256 dispatcher, uint256 seed) external {
        dispatcher %= DISPATCHERS;
        address account = dispatcherAt(dispatcher);
        if (dispatcher >= _enrolled || settlement.batchChain(account).frozen || paused()) return;
        (Debit[] memory debits, uint128 debited) = someDebits(account, seed);
        (RequestPayment[] memory payments, uint128 paid) = somePayments(seed);
        if (uint256(debited) + paid + settlement.unfinalDebits(account) > stakes.bonded(account)) return;
        SignedBatch memory batch = aBatch(_dispatchers[dispatcher], debits, payments, someCredits(debited + paid, seed));
        uint64[] memory previous = new uint64[](debits.length);
        for (uint256 i = 0; i < debits.length; i++) {
            Debit memory debit = debits[i];
            previous[i] = settlement.allowance(debit.payer, account, debit.lane).settledSequence;
            tasksSettled[debit.payer][account][debit.lane] += debit.to - previous[i];
        }
        if (seed % 4 == 0) anchorAndSettle(batch, seed);
        else settle(batch);
        for (uint256 i = 0; i < payments.length; i++) {
            timesPaidOrReclaimed[payments[i].taskId]++;
        }
        for (uint256 i = 0; i < batch.credits.length; i++) {
            earned[batch.credits[i].account] += batch.credits[i].amount;
        }
        _settled.push(abi.encode(batch));
        _previous.push(previous);
        batches++;
    }

    function claim(uint256 payee) external {
        address account = payeeAt(payee);
        if (settlement.claimable(account) == 0) return;
        vm.prank(account);
        claimed[account] += settlement.claim();
    }

    function challenge(uint256 index, uint256 which) external {
        if (_settled.length == 0) return;
        // The newest are those that can be challenged.
        index = _settled.length - 1 - index % (_settled.length > 3 ? 3 : _settled.length);
        SignedBatch memory batch = settledAt(index);
        ISettlement.BatchRecord memory record = settlement.batch(headerHash(batch));
        bool open = record.state == ISettlement.BatchState.Settled && block.timestamp <= record.settledAt + WINDOW;
        uint256 parts = batch.debits.length + batch.requests.length;
        if (!open || parts == 0) return;
        which %= parts;
        bool isDebit = which < batch.debits.length;
        if (isDebit) {
            if (batch.debits[which].amount == 0 || isChallenged(batch, ICourt.Subject.Debit, which)) return;
            vm.prank(challenger);
            court.challengeDebit(batch.header, batch.debits, _previous[index], which);
        } else {
            which -= batch.debits.length;
            if (batch.requests[which].amount == 0 || isChallenged(batch, ICourt.Subject.Request, which)) return;
            vm.prank(challenger);
            court.challengeRequest(batch.header, batch.requests, which);
        }
        _challenges.push(Opened(index, isDebit ? ICourt.Subject.Debit : ICourt.Subject.Request, which));
    }

    function cancel(uint256 index) external {
        if (_challenges.length == 0) return;
        Opened memory opened = _challenges[index % _challenges.length];
        SignedBatch memory batch = settledAt(opened.batch);
        bytes32 hash = headerHash(batch);
        ICourt.Challenge memory seen = court.challengeOf(hash, opened.subject, opened.index);
        if (seen.state != ICourt.State.Open) return;
        ISettlement.BatchRecord memory record = settlement.batch(hash);
        if (record.state == ISettlement.BatchState.Cancelled) {
            court.drop(hash, opened.subject, opened.index);
            return;
        }
        if (block.timestamp <= seen.deadline) return;
        bool inTime = block.timestamp / PERIOD < record.settledAt / PERIOD + 2;
        court.cancel(batch.header, opened.subject, opened.index, batch.debits, batch.requests, batch.credits);
        for (uint256 i = 0; inTime && i < batch.credits.length; i++) {
            earned[batch.credits[i].account] -= batch.credits[i].amount;
        }
        cancellations++;
        if (!paused()) enrolNext();
    }

    function demand(uint128 amount) external {
        Receipt memory receipt = aReceipt(TaskId.wrap(bytes32(_demanded.length)), amount);
        receipt.dispatcher = dispatcherAt(amount);
        if (receipt.fee.workerAmount == 0 || paused()) return;
        Acknowledgement memory acknowledgement = anAcknowledgement(receipt);
        acknowledgement.settleBy = uint64(block.timestamp);
        bytes memory byWorker = signed(receipt, "worker");
        bytes memory byDispatcher = signed(acknowledgement, _dispatchers[amount % DISPATCHERS]);
        elapse(GRACE + 1);
        vm.prank(challenger);
        demands.demand(receipt, byWorker, acknowledgement, byDispatcher);
        _demanded.push(hashOf(receipt));
    }

    function enforce(uint256 index) external {
        if (_demanded.length == 0) return;
        bytes32 receipt = _demanded[index % _demanded.length];
        IDemands.Demand memory seen = demands.demandOf(receipt);
        if (seen.state != IDemands.State.Open || paused()) return;
        if (block.timestamp <= seen.deadline || block.timestamp <= registry.openSince() + ANSWER_TIME) return;
        demands.enforce(receipt);
        enrolNext();
    }

    function collect(uint256 who) external {
        address account = who % 2 == 0 ? challenger : accountOf("worker owner");
        if (court.owed(account) > 0) {
            vm.prank(account);
            court.collect();
        }
        if (demands.owed(account) > 0) {
            vm.prank(account);
            demands.collect();
        }
        if (stakes.owed(account) > 0) {
            vm.prank(account);
            stakes.collect();
        }
    }

    /// @dev The worker bonds, signs two receipts for one attempt, and loses all of it.
    function convict(uint64 amount) external {
        if (amount == 0 || paused()) return;
        bond("worker", "second staker", amount);
        minted += amount;
        (Receipt memory first, Receipt memory second) = twoReceipts(_convictions++, 1);
        (bytes memory one, bytes memory other) = (signed(first, "worker"), signed(second, "worker"));
        vm.prank(challenger);
        stakes.convict(first, one, second, other);
    }

    function bondMore(uint256 dispatcher, uint64 amount) external {
        (address account, string memory name) = (dispatcherAt(dispatcher), _dispatchers[dispatcher % DISPATCHERS]);
        if (amount == 0 || paused() || stakes.pool(account).amount > STAKE >> 1) return;
        bond(name, "second staker", amount);
        minted += amount;
    }

    function unbond(uint256 dispatcher, uint128 amount, bool second) external {
        address staker = accountOf(second ? "second staker" : "operator");
        (uint256 worth,,) = stakes.stakeOf(dispatcherAt(dispatcher), staker);
        if (worth == 0) return;
        vm.prank(staker);
        stakes.unbond(dispatcherAt(dispatcher), uint128(within(amount, 1, worth)));
    }

    function withdrawStake(uint256 dispatcher, bool second) external {
        address staker = accountOf(second ? "second staker" : "operator");
        (, uint256 leaving, uint40 due) = stakes.stakeOf(dispatcherAt(dispatcher), staker);
        if (leaving == 0 || block.timestamp < due) return;
        vm.prank(staker);
        stakes.withdraw(dispatcherAt(dispatcher));
    }

    function pause() external {
        bool stop = !paused();
        vm.prank(GOVERNANCE);
        registry.setPaused(stop);
    }

    function wait(uint32 time) external {
        elapse(time % 2 days);
    }

    // Attacks.

    function replay(uint256 index) external {
        if (_settled.length == 0) return;
        attempt(settledAt(index % _settled.length));
        attemptWithAnchor(settledAt(index % _settled.length), index);
    }

    /// @dev The tasks of a settled batch once more, in a batch that is in order and signed.
    function settleAgain(uint256 index) external {
        if (_settled.length == 0) return;
        SignedBatch memory old = settledAt(index % _settled.length);
        if (old.debits.length + old.requests.length == 0) return;
        uint256 dispatcher = 0;
        while (old.header.dispatcher != dispatcherAt(dispatcher)) dispatcher++;
        SignedBatch memory batch = aBatch(_dispatchers[dispatcher], old.debits, old.requests, old.credits);
        batch.header.count = old.header.count;
        resign(batch, _dispatchers[dispatcher]);
        attempt(batch);
    }

    function overdraw(uint256 payer, uint128 beyond) external {
        address account = payerAt(payer);
        uint256 amount = settlement.balance(account) + within(beyond, 1, type(uint64).max);
        vm.prank(account);
        try settlement.withdraw(uint128(amount)) {
            breaches++;
        } catch {}
    }

    function releaseEarly(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        if (block.timestamp >= lent.expiry + WITHDRAW_DELAY) return;
        if (settlement.batchChain(dispatcherAt(dispatcher)).frozen) return;
        vm.prank(payerAt(payer));
        try settlement.release(dispatcherAt(dispatcher), lane) {
            breaches++;
        } catch {}
    }

    function reclaimWrongly(uint256 index) external {
        if (_requests.length == 0) return;
        TaskId taskId = _requests[index % _requests.length];
        ISettlement.Request memory asked = settlement.requestOf(taskId);
        if (asked.state == ISettlement.RequestState.Open && block.timestamp >= asked.reclaimableAt) return;
        try settlement.reclaim(taskId) {
            breaches++;
        } catch {}
    }

    /// @dev For an attempt that cost the stake already, or by one receipt as if it were two.
    function convictWrongly(uint256 which) external {
        bool again = _convictions > 0 && which % 2 == 0;
        uint256 task = again ? which % _convictions : _convictions;
        (Receipt memory first, Receipt memory second) = twoReceipts(task, again ? 2 : 0);
        (bytes memory one, bytes memory other) = (signed(first, "worker"), signed(second, "worker"));
        try stakes.convict(first, one, second, other) {
            breaches++;
        } catch {}
    }

    // What the invariants read.

    function market() external view returns (Settlement, DevToken) {
        return (settlement, token);
    }

    function justice() external view returns (Stakes, Court, Demands) {
        return (stakes, court, demands);
    }

    /// @notice How many bonds are undecided, at the court and at the demands.
    function openBonds() external view returns (uint256 atCourt, uint256 atDemands) {
        for (uint256 i = 0; i < _challenges.length; i++) {
            Opened memory opened = _challenges[i];
            bytes32 hash = headerHash(settledAt(opened.batch));
            if (court.challengeOf(hash, opened.subject, opened.index).state == ICourt.State.Open) atCourt++;
        }
        for (uint256 i = 0; i < _demanded.length; i++) {
            if (demands.demandOf(_demanded[i]).state == IDemands.State.Open) atDemands++;
        }
    }

    function requests() external view returns (TaskId[] memory) {
        return _requests;
    }

    function payerAt(uint256 index) public view returns (address) {
        return _payerAccounts[index % PAYERS];
    }

    function dispatcherAt(uint256 index) public view returns (address) {
        return _dispatcherAccounts[index % DISPATCHERS];
    }

    function payeeAt(uint256 index) public view returns (address) {
        return _payeeAccounts[index % PAYEES];
    }

    function settledAt(uint256 index) private view returns (SignedBatch memory) {
        return abi.decode(_settled[index], (SignedBatch));
    }

    function twoReceipts(uint256 task, uint128 apart)
        private
        view
        returns (Receipt memory first, Receipt memory second)
    {
        TaskId taskId = TaskId.wrap(keccak256(abi.encode("signed twice", task)));
        (first, second) = (aReceipt(taskId, 10), aReceipt(taskId, 10 + apart));
    }

    function paused() private view returns (bool) {
        return registry.openSince() == type(uint64).max;
    }

    function isChallenged(SignedBatch memory batch, ICourt.Subject subject, uint256 index) private view returns (bool) {
        return court.challengeOf(headerHash(batch), subject, index).state != ICourt.State.None;
    }

    function attempt(SignedBatch memory batch) private {
        try settlement.settle(batch) {
            breaches++;
        } catch {}
    }

    /// @dev A part of what remains in each lane that can be debited.
    function someDebits(address dispatcher, uint256 seed) private view returns (Debit[] memory debits, uint128 sum) {
        debits = new Debit[](PAYERS * LANES);
        uint256 length = 0;
        for (uint256 i = 0; i < debits.length; i++) {
            (address payer, uint32 lane) = (payerAt(i / LANES), uint32(i % LANES));
            ISettlement.Allowance memory lent = settlement.allowance(payer, dispatcher, lane);
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            if (random % 3 == 0 || block.timestamp >= uint256(lent.expiry) + WITHDRAW_DELAY) continue;
            uint128 amount = uint128(within(random >> 128, 0, lent.remaining));
            debits[length++] = Debit(payer, lane, lent.settledSequence + 1 + uint64(random % 50), amount);
            sum += amount;
        }
        assembly ("memory-safe") {
            mstore(debits, length)
        }
    }

    /// @dev A part of the escrow of each request that can be paid.
    function somePayments(uint256 seed) private view returns (RequestPayment[] memory payments, uint128 sum) {
        payments = new RequestPayment[](_requests.length);
        uint256 length = 0;
        for (uint256 i = 0; i < payments.length; i++) {
            ISettlement.Request memory asked = settlement.requestOf(_requests[i]);
            uint256 random = uint256(keccak256(abi.encode(seed, "payment", i)));
            bool payable_ = asked.state == ISettlement.RequestState.Open && block.timestamp < asked.reclaimableAt;
            if (random % 2 == 0 || !payable_) continue;
            uint128 amount = uint128(within(random >> 128, 0, asked.escrow));
            payments[length++] = RequestPayment(_requests[i], amount);
            sum += amount;
        }
        assembly ("memory-safe") {
            mstore(payments, length)
        }
    }

    function someCredits(uint128 total, uint256 seed) private view returns (Credit[] memory credits) {
        uint128 first = uint128(within(seed, 0, total));
        uint128 second = (total - first) / 3;
        credits = new Credit[](PAYEES);
        credits[0] = Credit(payeeAt(0), first);
        credits[1] = Credit(payeeAt(1), second);
        credits[2] = Credit(payeeAt(2), total - first - second);
    }
}
