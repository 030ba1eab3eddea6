// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {CalldataHash} from "./libraries/CalldataHash.sol";
import {Buckets} from "./libraries/Buckets.sol";
import {ReceiptTree} from "./libraries/ReceiptTree.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {BatchHeader, Credit, Debit, RequestPayment, SignedBatch} from "./types/Batch.sol";
import {Roles} from "./types/NodeCertificate.sol";
import {Order, TaskId} from "./types/Order.sol";
import {Leaf, ReceiptProof} from "./types/ReceiptProof.sol";

/// @title Escrow and settlement, see {ISettlement}.
/// @dev No guard against reentrancy: every call does its effects before it calls the token, and the token is all that
/// is ever called besides the registry's views and the stakes, which are this deployment's own.
contract Settlement is ISettlement {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev A deployment with a longer delay would hold its users' money hostage.
    uint40 public constant WITHDRAW_DELAY_MAX = 30 days;

    /// @dev Credits wait for up to two periods: with a longer one, nobody would work for them.
    uint40 public constant PERIOD_MAX = 14 days;

    /// @dev Debits, requests and credits of a batch together. Whatever can be settled can be cancelled in one
    /// transaction (2^24 gas), also when each payer's free balance is a slot that was never used.
    uint256 public constant BATCH_ENTRIES_MAX = 384;

    IERC20 private immutable _token;
    IEnclaveRegistry private immutable _registry;
    IStakes private immutable _stakes;
    address private immutable _court;
    address private immutable _demands;
    uint40 private immutable _withdrawDelay;
    uint40 private immutable _period;

    mapping(address account => uint256) private _balances;
    mapping(address account => Purse[2]) private _purses; // of even periods, of odd ones
    mapping(address payer => mapping(address dispatcher => mapping(uint32 lane => Allowance))) private _allowances;
    mapping(TaskId taskId => Request) private _requests;
    mapping(address dispatcher => BatchChain) private _chains;
    mapping(bytes32 headerHash => BatchRecord) private _batches;
    uint256 private _held;

    constructor(Terms memory terms) {
        if (terms.registry.settlement() != address(this)) {
            revert RegistryOfAnother(address(terms.registry), terms.registry.settlement());
        }
        if (terms.withdrawDelay == 0 || terms.withdrawDelay > WITHDRAW_DELAY_MAX) {
            revert WithdrawDelayOutOfRange(terms.withdrawDelay, WITHDRAW_DELAY_MAX);
        }
        if (terms.period == 0 || terms.period > PERIOD_MAX) revert PeriodOutOfRange(terms.period, PERIOD_MAX);
        _token = terms.token;
        _registry = terms.registry;
        _stakes = terms.stakes;
        _court = terms.court;
        _demands = terms.demands;
        _withdrawDelay = terms.withdrawDelay;
        _period = terms.period;
    }

    /// @inheritdoc ISettlement
    function deposit(uint128 amount) external {
        _deposit(amount);
    }

    /// @inheritdoc ISettlement
    function depositWithPermit(uint128 amount, Permit calldata permit) external {
        _usePermit(amount, permit);
        _deposit(amount);
    }

    /// @inheritdoc ISettlement
    function withdraw(uint128 amount) external {
        _takeBalance(amount);
        _held -= amount;
        emit Withdrawn(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ISettlement
    function allow(address dispatcher, uint32 lane, uint128 amount, uint40 expiry) external {
        _allow(dispatcher, lane, amount, expiry);
    }

    /// @inheritdoc ISettlement
    function depositAndAllow(address dispatcher, uint32 lane, uint128 amount, uint40 expiry) external {
        _deposit(amount);
        _allow(dispatcher, lane, amount, expiry);
    }

    /// @inheritdoc ISettlement
    function depositAndAllowWithPermit(
        address dispatcher,
        uint32 lane,
        uint128 amount,
        uint40 expiry,
        Permit calldata permit
    ) external {
        _usePermit(amount, permit);
        _deposit(amount);
        _allow(dispatcher, lane, amount, expiry);
    }

    /// @inheritdoc ISettlement
    function close(address dispatcher, uint32 lane) external {
        Allowance storage lent = _allowances[msg.sender][dispatcher][lane];
        if (lent.expiry <= block.timestamp) {
            revert AllowanceNotOpen(msg.sender, dispatcher, lane, lent.expiry);
        }
        uint40 expiry = uint40(block.timestamp);
        lent.expiry = expiry;
        emit AllowanceClosed(msg.sender, dispatcher, lane, expiry, expiry + _withdrawDelay);
    }

    /// @inheritdoc ISettlement
    function release(address dispatcher, uint32 lane) external {
        Allowance storage lent = _allowances[msg.sender][dispatcher][lane];
        uint128 amount = lent.remaining;
        if (amount == 0) revert AllowanceEmpty(msg.sender, dispatcher, lane);
        uint256 releasableAt = _releasableAt(lent);
        if (block.timestamp < releasableAt && !_chains[dispatcher].frozen) {
            revert AllowanceNotReleasable(msg.sender, dispatcher, lane, releasableAt);
        }
        lent.remaining = 0;
        _balances[msg.sender] += amount;
        emit AllowanceReleased(msg.sender, dispatcher, lane, amount);
    }

    /// @inheritdoc ISettlement
    function request(Order calldata order, bytes calldata signature, string calldata sealedInputCid)
        external
        returns (TaskId)
    {
        return _request(order, signature, sealedInputCid);
    }

    /// @inheritdoc ISettlement
    function depositAndRequest(Order calldata order, bytes calldata signature, string calldata sealedInputCid)
        external
        returns (TaskId)
    {
        _deposit(order.fee.max);
        return _request(order, signature, sealedInputCid);
    }

    /// @inheritdoc ISettlement
    function depositAndRequestWithPermit(
        Order calldata order,
        bytes calldata signature,
        string calldata sealedInputCid,
        Permit calldata permit
    ) external returns (TaskId) {
        _usePermit(order.fee.max, permit);
        _deposit(order.fee.max);
        return _request(order, signature, sealedInputCid);
    }

    /// @inheritdoc ISettlement
    function reclaim(TaskId taskId) external {
        Request storage asked = _requests[taskId];
        if (asked.state != RequestState.Open) revert RequestNotOpen(taskId, asked.state);
        if (block.timestamp < asked.reclaimableAt) revert RequestNotReclaimable(taskId, asked.reclaimableAt);
        uint128 amount = asked.escrow;
        asked.state = RequestState.Reclaimed;
        asked.escrow = 0;
        _balances[asked.user] += amount;
        emit RequestReclaimed(taskId, asked.user, amount);
    }

    /// @inheritdoc ISettlement
    function settle(SignedBatch calldata signed) external {
        _settle(signed);
    }

    /// @inheritdoc ISettlement
    function settleWithReceipts(SignedBatch calldata signed, bytes calldata receipts) external {
        bytes32 headerHash = _settle(signed);
        emit ReceiptsPublished(headerHash, keccak256(receipts));
    }

    /// @inheritdoc ISettlement
    function settleWithBlobs(SignedBatch calldata signed, uint256 blobs) external {
        bytes32 headerHash = _settle(signed);
        for (uint256 i = 0; i < blobs; i++) {
            bytes32 blobHash = blobhash(i);
            if (blobHash == 0) revert BlobMissing(i);
            emit ReceiptsInBlob(headerHash, i, blobHash);
        }
    }

    /// @inheritdoc ISettlement
    function cancel(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) external {
        if (msg.sender != _court) revert CourtOnly(msg.sender);
        bytes32 headerHash = _headerHash(header);
        BatchRecord storage record = _batches[headerHash];
        if (record.state != BatchState.Settled) revert BatchNotSettled(headerHash, record.state);
        _requireDigests(header, debits, requests, credits);
        record.state = BatchState.Cancelled;
        _freeze(header.dispatcher);
        uint256 recovered = _recover(header, credits, record.settledAt / _period);
        emit BatchCancelled(header.dispatcher, header.number, headerHash, recovered);
        uint256 reached = _returnDebits(header, debits, recovered);
        _returnPayments(header.total, requests, recovered, reached);
    }

    /// @inheritdoc ISettlement
    function freeze(address dispatcher) external {
        if (msg.sender != _demands) revert CourtOnly(msg.sender);
        _freeze(dispatcher);
    }

    /// @inheritdoc ISettlement
    function claim() external returns (uint256 amount) {
        (, amount) = _earned(msg.sender);
        if (amount == 0) revert NothingToClaim(msg.sender);
        Purse[2] storage purses = _purses[msg.sender];
        for (uint256 i = 0; i < 2; i++) {
            if (_isMature(purses[i])) purses[i].credited = 0;
            purses[i].matured = 0;
        }
        _held -= amount;
        emit CreditClaimed(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ISettlement
    function token() external view returns (IERC20) {
        return _token;
    }

    /// @inheritdoc ISettlement
    function registry() external view returns (IEnclaveRegistry) {
        return _registry;
    }

    /// @inheritdoc ISettlement
    function stakes() external view returns (IStakes) {
        return _stakes;
    }

    /// @inheritdoc ISettlement
    function court() external view returns (address) {
        return _court;
    }

    /// @inheritdoc ISettlement
    function demands() external view returns (address) {
        return _demands;
    }

    /// @inheritdoc ISettlement
    function withdrawDelay() external view returns (uint40) {
        return _withdrawDelay;
    }

    /// @inheritdoc ISettlement
    function period() external view returns (uint40) {
        return _period;
    }

    /// @inheritdoc ISettlement
    function domainSeparator() external view returns (bytes32) {
        return TypedData.domainSeparator(address(this));
    }

    /// @inheritdoc ISettlement
    function held() external view returns (uint256) {
        return _held;
    }

    /// @inheritdoc ISettlement
    function balance(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc ISettlement
    function claimable(address account) external view returns (uint256) {
        (, uint256 matured) = _earned(account);
        return matured;
    }

    /// @inheritdoc ISettlement
    function pending(address account) external view returns (uint256) {
        (uint256 pending_,) = _earned(account);
        return pending_;
    }

    /// @inheritdoc ISettlement
    function unfinalDebits(address dispatcher) external view returns (uint256) {
        BatchChain storage chain = _chains[dispatcher];
        (uint256 newer, uint256 older) = Buckets.roll(chain.newer, chain.older, _periodNow() - chain.period);
        return newer + older;
    }

    /// @inheritdoc ISettlement
    function allowance(address payer, address dispatcher, uint32 lane) external view returns (Allowance memory) {
        return _allowances[payer][dispatcher][lane];
    }

    /// @inheritdoc ISettlement
    function requestOf(TaskId taskId) external view returns (Request memory) {
        return _requests[taskId];
    }

    /// @inheritdoc ISettlement
    function batchChain(address dispatcher) external view returns (BatchChain memory) {
        return _chains[dispatcher];
    }

    /// @inheritdoc ISettlement
    function batch(bytes32 headerHash) external view returns (BatchRecord memory) {
        return _batches[headerHash];
    }

    /// @inheritdoc ISettlement
    function isSettled(BatchHeader calldata header, Leaf calldata leaf, ReceiptProof calldata proof)
        external
        view
        returns (bool)
    {
        return _batches[_headerHash(header)].state == BatchState.Settled
            && ReceiptTree.holds(header.receiptsRoot, header.total, leaf, proof);
    }

    /// @dev Credits before it moves tokens, and fails unless exactly `amount` arrived: that refuses tokens that take a
    /// fee, and a token that calls back in between finds the account already credited and spoils only its own sum.
    /// Fails too when the token took away what was held before: nobody's fresh money pays for that.
    function _deposit(uint128 amount) private {
        uint256 held_ = _held;
        uint256 before = _token.balanceOf(address(this));
        if (before < held_) revert TokensMissing(held_, before);
        _held = held_ + amount;
        _balances[msg.sender] += amount;
        emit Deposited(msg.sender, amount);
        uint256 expected = before + amount;
        _token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 seen = _token.balanceOf(address(this));
        if (seen != expected) revert TransferInexact(expected, seen);
    }

    /// @dev A permit is public once it is sent, and whoever posts it first spends its nonce but sets the same approval.
    /// So a failed permit is no failure: the transfer that follows tells whether the approval is there.
    function _usePermit(uint128 amount, Permit calldata permit) private {
        try IERC20Permit(address(_token))
            .permit(msg.sender, address(this), amount, permit.deadline, permit.v, permit.r, permit.s) {}
            catch {}
    }

    function _takeBalance(uint128 amount) private {
        uint256 available = _balances[msg.sender];
        if (available < amount) revert BalanceTooSmall(msg.sender, available, amount);
        _balances[msg.sender] = available - amount;
    }

    function _allow(address dispatcher, uint32 lane, uint128 amount, uint40 expiry) private {
        if (expiry <= block.timestamp) revert ExpiryInPast(expiry, block.timestamp);
        Allowance storage lent = _allowances[msg.sender][dispatcher][lane];
        if (expiry < lent.expiry) revert ExpiryShortened(lent.expiry, expiry);
        _takeBalance(amount);
        lent.remaining = (uint256(lent.remaining) + amount).toUint128();
        lent.expiry = expiry;
        emit AllowanceIncreased(msg.sender, dispatcher, lane, amount, expiry);
    }

    function _releasableAt(Allowance storage lent) private view returns (uint256) {
        return uint256(lent.expiry) + _withdrawDelay;
    }

    function _request(Order calldata order, bytes calldata signature, string calldata sealedInputCid)
        private
        returns (TaskId taskId)
    {
        _registry.requireOpen();
        if (order.dispatcher != address(0)) revert RequestNamesDispatcher(order.dispatcher);
        if (order.user != msg.sender) revert RequestByAnother(order.user, msg.sender);
        if (order.deadline <= block.timestamp) revert RequestDeadlinePassed(order.deadline, block.timestamp);
        uint256 deadlineMax = type(uint40).max - _withdrawDelay;
        if (order.deadline > deadlineMax) revert RequestDeadlineTooFar(order.deadline, deadlineMax);
        taskId = TypedData.taskId(address(this), order);
        TypedData.requireSignedBy(order.user, TaskId.unwrap(taskId), signature);
        if (_requests[taskId].state != RequestState.None) revert RequestExists(taskId);

        _takeBalance(order.fee.max);
        _requests[taskId] = Request({
            user: msg.sender,
            reclaimableAt: uint40(order.deadline) + _withdrawDelay,
            state: RequestState.Open,
            escrow: order.fee.max
        });
        emit Requested(taskId, msg.sender, order, signature, sealedInputCid);
    }

    function _settle(SignedBatch calldata signed) private returns (bytes32 headerHash) {
        BatchHeader calldata header = signed.header;
        uint256 entries = signed.debits.length + signed.requests.length + signed.credits.length;
        if (entries > BATCH_ENTRIES_MAX) revert BatchTooLarge(entries, BATCH_ENTRIES_MAX);
        headerHash = _advance(header, signed.signature);
        _requireDigests(header, signed.debits, signed.requests, signed.credits);
        (uint256 taken, uint256 counted) = _debit(headerHash, header.dispatcher, signed.debits);
        taken += _pay(header.dispatcher, signed.requests);
        uint256 credited = _credit(header.dispatcher, signed.credits);
        if (taken != header.total || credited != header.total) {
            revert BatchUnbalanced(taken, credited, header.total);
        }
        counted += signed.requests.length;
        if (counted != header.count) revert BatchCountMismatch(counted, header.count);
    }

    /// @dev Checks who signed the batch and its place in the dispatcher's chain, and moves the chain on.
    function _advance(BatchHeader calldata header, bytes calldata signature) private returns (bytes32 headerHash) {
        address dispatcher = header.dispatcher;
        headerHash = _headerHash(header);
        TypedData.requireSignedBy(dispatcher, headerHash, signature);
        _registry.requireOpen();
        if (!_registry.isActive(dispatcher, Roles.DISPATCHER)) revert DispatcherNotActive(dispatcher);
        BatchChain storage chain = _chains[dispatcher];
        if (chain.frozen) revert DispatcherIsFrozen(dispatcher);
        uint64 expected = chain.number + 1;
        if (header.number != expected) revert BatchOutOfOrder(dispatcher, expected, header.number);
        if (header.previous != chain.head) revert BatchNotLinked(dispatcher, chain.head, header.previous);
        _requireStake(dispatcher, chain, header.total);
        chain.number = expected;
        chain.head = headerHash;
        emit Settled(dispatcher, expected, headerHash, header.receiptsRoot, header.count, header.total);
    }

    /// @dev Adds `amount` to what is not final, and fails if the dispatcher's stake does not cover the sum.
    function _requireStake(address dispatcher, BatchChain storage chain, uint128 amount) private {
        uint32 period_ = _periodNow();
        (uint256 newer, uint256 older) = Buckets.roll(chain.newer, chain.older, period_ - chain.period);
        uint256 needed = newer + older + amount;
        uint256 stake = _stakes.bonded(dispatcher);
        if (needed > stake) revert StakeTooSmall(dispatcher, stake, needed);
        // A stake has at most 128 bits.
        (chain.newer, chain.older) = (uint128(newer + amount), uint128(older));
        chain.period = period_;
    }

    function _requireDigests(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) private pure {
        bytes32 given = CalldataHash.ofDebits(debits);
        if (given != header.debits) revert DebitsMismatch(header.debits, given);
        given = CalldataHash.ofRequests(requests);
        if (given != header.requests) revert RequestsMismatch(header.requests, given);
        given = CalldataHash.ofCredits(credits);
        if (given != header.credits) revert CreditsMismatch(header.credits, given);
    }

    /// @dev Writes the batch's record too, since it names the sequences that the lanes stood at.
    /// @return taken what all lanes were charged
    /// @return counted how many sequences the ranges cover
    function _debit(bytes32 headerHash, address dispatcher, Debit[] calldata debits)
        private
        returns (uint256 taken, uint256 counted)
    {
        uint64[] memory previous = new uint64[](debits.length);
        for (uint256 i = 0; i < debits.length; i++) {
            Debit calldata debit = debits[i];
            uint64 settled = _debitLane(dispatcher, debit);
            previous[i] = settled;
            counted += debit.to - settled;
            taken += debit.amount;
        }
        _batches[headerHash] = BatchRecord({
            settledAt: uint40(block.timestamp),
            state: BatchState.Settled,
            previous: bytes26(keccak256(abi.encodePacked(previous)))
        });
    }

    /// @return settled the sequence that the debit went on from
    function _debitLane(address dispatcher, Debit calldata debit) private returns (uint64 settled) {
        (address payer, uint32 lane, uint64 to, uint128 amount) = (debit.payer, debit.lane, debit.to, debit.amount);
        Allowance storage lent = _allowances[payer][dispatcher][lane];
        uint128 remaining = lent.remaining;
        settled = lent.settledSequence;
        uint256 releasableAt = _releasableAt(lent);
        if (block.timestamp >= releasableAt) revert AllowanceOver(payer, dispatcher, lane, releasableAt);
        if (to <= settled) revert SequenceNotAfter(payer, dispatcher, lane, settled, to);
        if (amount > remaining) revert AllowanceExceeded(payer, dispatcher, lane, remaining, amount);
        lent.remaining = remaining - amount;
        lent.settledSequence = to;
        emit LaneDebited(payer, dispatcher, lane, settled, to, amount);
    }

    /// @return taken what was paid out of the requests' escrows
    function _pay(address dispatcher, RequestPayment[] calldata requests) private returns (uint256 taken) {
        for (uint256 i = 0; i < requests.length; i++) {
            _payRequest(dispatcher, requests[i].taskId, requests[i].amount);
            taken += requests[i].amount;
        }
    }

    function _payRequest(address dispatcher, TaskId taskId, uint128 amount) private {
        Request storage asked = _requests[taskId];
        if (asked.state != RequestState.Open) revert RequestNotOpen(taskId, asked.state);
        if (block.timestamp >= asked.reclaimableAt) revert RequestOver(taskId, asked.reclaimableAt);
        uint128 escrow = asked.escrow;
        if (amount > escrow) revert RequestEscrowExceeded(taskId, escrow, amount);
        address user = asked.user;
        asked.state = RequestState.Paid;
        asked.escrow = 0;
        _balances[user] += escrow - amount;
        emit RequestPaid(taskId, user, dispatcher, amount, escrow - amount);
    }

    /// @return credited what all accounts received
    function _credit(address dispatcher, Credit[] calldata credits) private returns (uint256 credited) {
        for (uint256 i = 0; i < credits.length; i++) {
            (address account, uint128 amount) = (credits[i].account, credits[i].amount);
            if (account == address(0)) revert CreditToNobody();
            _credit(account, amount);
            credited += amount;
            emit Credited(account, dispatcher, amount);
        }
    }

    /// @dev Touches the purse of this period only, so that a credit costs one slot whatever has matured meanwhile.
    function _credit(address account, uint128 amount) private {
        uint32 period_ = _periodNow();
        Purse storage purse = _purses[account][period_ % 2];
        (uint256 credited, uint256 matured) = (purse.credited, purse.matured);
        // Credits of an earlier period of this purse are at least two periods old.
        if (purse.period != period_) (credited, matured) = (0, matured + credited);
        credited += amount;
        if (credited > type(uint112).max) revert CreditTooLarge(account, credited);
        if (matured > type(uint112).max) revert CreditTooLarge(account, matured);
        (purse.period, purse.credited, purse.matured) = (period_, uint112(credited), uint112(matured));
    }

    /// @dev Takes back a batch's credits while they are pending, and what the stake gives once they have matured.
    /// @param settledIn the batch's period
    /// @return recovered how much there is to give back
    function _recover(BatchHeader calldata header, Credit[] calldata credits, uint256 settledIn)
        private
        returns (uint256 recovered)
    {
        uint256 age = _periodNow() - settledIn;
        if (age > 1) {
            recovered = _stakes.take(header.dispatcher, header.total);
            _held += recovered;
            return recovered;
        }
        for (uint256 i = 0; i < credits.length; i++) {
            (address account, uint128 amount) = (credits[i].account, credits[i].amount);
            // Nothing is credited to this purse before the second period after it, when the credits have matured.
            _purses[account][settledIn % 2].credited -= uint112(amount);
            emit CreditCancelled(account, header.dispatcher, amount);
        }
        return header.total;
    }

    /// @return reached what the debits amount to
    function _returnDebits(BatchHeader calldata header, Debit[] calldata debits, uint256 recovered)
        private
        returns (uint256 reached)
    {
        for (uint256 i = 0; i < debits.length; i++) {
            Debit calldata debit = debits[i];
            uint256 share = _share(header.total, recovered, reached, debit.amount);
            reached += debit.amount;
            _balances[debit.payer] += share;
            emit DebitReturned(debit.payer, header.dispatcher, debit.lane, share);
        }
    }

    function _returnPayments(uint128 total, RequestPayment[] calldata requests, uint256 recovered, uint256 reached)
        private
    {
        for (uint256 i = 0; i < requests.length; i++) {
            (TaskId taskId, uint128 amount) = (requests[i].taskId, requests[i].amount);
            uint256 share = _share(total, recovered, reached, amount);
            reached += amount;
            Request storage asked = _requests[taskId];
            asked.state = RequestState.Reclaimed;
            _balances[asked.user] += share;
            emit RequestReclaimed(taskId, asked.user, uint128(share));
        }
    }

    /// @dev The part of `recovered` for `amount`, which stands after `reached` of `total`: rounded so that the parts of
    /// all amounts are `recovered` to the unit.
    function _share(uint128 total, uint256 recovered, uint256 reached, uint128 amount) private pure returns (uint256) {
        if (recovered == total) return amount;
        return (reached + amount) * recovered / total - reached * recovered / total;
    }

    function _freeze(address dispatcher) private {
        if (_chains[dispatcher].frozen) return;
        _chains[dispatcher].frozen = true;
        emit DispatcherFrozen(dispatcher);
    }

    function _earned(address account) private view returns (uint256 pending_, uint256 matured) {
        for (uint256 i = 0; i < 2; i++) {
            Purse storage purse = _purses[account][i];
            if (_isMature(purse)) matured += purse.credited;
            else pending_ += purse.credited;
            matured += purse.matured;
        }
    }

    function _isMature(Purse storage purse) private view returns (bool) {
        return _periodNow() - purse.period > 1;
    }

    function _periodNow() private view returns (uint32) {
        return uint32(block.timestamp / _period);
    }

    function _headerHash(BatchHeader calldata header) private view returns (bytes32) {
        return TypedData.digest(address(this), TypedData.hash(header));
    }
}
