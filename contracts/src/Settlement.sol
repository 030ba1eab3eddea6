// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {BatchHeader, Credit, Debit, RequestPayment} from "./types/Batch.sol";
import {Roles} from "./types/NodeCertificate.sol";
import {Order, TaskId} from "./types/Order.sol";

/// @title Escrow and settlement, see {ISettlement}.
/// @dev No guard against reentrancy: every call does its effects before it calls the token, and the token is all that
/// is ever called besides the registry's view.
contract Settlement is ISettlement {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev A deployment with a longer delay would hold its users' money hostage.
    uint40 public constant WITHDRAW_DELAY_MAX = 30 days;

    IERC20 private immutable _token;
    IEnclaveRegistry private immutable _registry;
    uint40 private immutable _withdrawDelay;

    mapping(address account => uint256) private _balances;
    mapping(address account => uint256) private _credits;
    mapping(address payer => mapping(address dispatcher => mapping(uint32 lane => Allowance))) private _allowances;
    mapping(TaskId taskId => Request) private _requests;
    mapping(address dispatcher => BatchChain) private _chains;

    /// @param registry_ made for this contract's address, which is in the domain of the certificates that it checks
    /// @param withdrawDelay_ seconds, at most `WITHDRAW_DELAY_MAX`
    constructor(IERC20 token_, IEnclaveRegistry registry_, uint40 withdrawDelay_) {
        if (registry_.settlement() != address(this)) {
            revert RegistryOfAnother(address(registry_), registry_.settlement());
        }
        if (withdrawDelay_ == 0 || withdrawDelay_ > WITHDRAW_DELAY_MAX) {
            revert WithdrawDelayOutOfRange(withdrawDelay_, WITHDRAW_DELAY_MAX);
        }
        _token = token_;
        _registry = registry_;
        _withdrawDelay = withdrawDelay_;
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
        if (block.timestamp < releasableAt) {
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
    function settle(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits,
        bytes calldata signature
    ) external {
        _advance(header, signature);
        _requireDigests(header, debits, requests, credits);
        (uint256 taken, uint256 counted) = _debit(header.dispatcher, debits);
        taken += _pay(header.dispatcher, requests);
        uint256 credited = _credit(header.dispatcher, credits);
        if (taken != header.total || credited != header.total) {
            revert BatchUnbalanced(taken, credited, header.total);
        }
        counted += requests.length;
        if (counted != header.count) revert BatchCountMismatch(counted, header.count);
    }

    /// @inheritdoc ISettlement
    function claim() external returns (uint256 amount) {
        amount = _credits[msg.sender];
        if (amount == 0) revert NothingToClaim(msg.sender);
        _credits[msg.sender] = 0;
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
    function withdrawDelay() external view returns (uint40) {
        return _withdrawDelay;
    }

    /// @inheritdoc ISettlement
    function domainSeparator() external view returns (bytes32) {
        return TypedData.domainSeparator(address(this));
    }

    /// @inheritdoc ISettlement
    function balance(address account) external view returns (uint256) {
        return _balances[account];
    }

    /// @inheritdoc ISettlement
    function credit(address account) external view returns (uint256) {
        return _credits[account];
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

    /// @dev Credits before it moves tokens, and fails unless exactly `amount` arrived: that refuses tokens that take a
    /// fee, and a token that calls back in between finds the account already credited and spoils only its own sum.
    function _deposit(uint128 amount) private {
        _balances[msg.sender] += amount;
        emit Deposited(msg.sender, amount);
        uint256 expected = _token.balanceOf(address(this)) + amount;
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

    /// @dev Checks who signed the batch and its place in the dispatcher's chain, and moves the chain on.
    function _advance(BatchHeader calldata header, bytes calldata signature) private {
        address dispatcher = header.dispatcher;
        bytes32 headerHash = TypedData.digest(address(this), TypedData.hash(header));
        TypedData.requireSignedBy(dispatcher, headerHash, signature);
        if (!_registry.isActive(dispatcher, Roles.DISPATCHER)) revert DispatcherNotActive(dispatcher);
        BatchChain storage chain = _chains[dispatcher];
        uint64 expected = chain.number + 1;
        if (header.number != expected) revert BatchOutOfOrder(dispatcher, expected, header.number);
        if (header.previous != chain.head) revert BatchNotLinked(dispatcher, chain.head, header.previous);
        chain.number = expected;
        chain.head = headerHash;
        emit Settled(dispatcher, expected, headerHash, header.receiptsRoot, header.count, header.total);
    }

    function _requireDigests(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) private pure {
        bytes32 given = keccak256(abi.encode(debits));
        if (given != header.debits) revert DebitsMismatch(header.debits, given);
        given = keccak256(abi.encode(requests));
        if (given != header.requests) revert RequestsMismatch(header.requests, given);
        given = keccak256(abi.encode(credits));
        if (given != header.credits) revert CreditsMismatch(header.credits, given);
    }

    /// @return taken what all lanes were charged
    /// @return counted how many sequences the ranges cover
    function _debit(address dispatcher, Debit[] calldata debits) private returns (uint256 taken, uint256 counted) {
        for (uint256 i = 0; i < debits.length; i++) {
            Debit calldata debit = debits[i];
            counted += _debitLane(dispatcher, debit);
            taken += debit.amount;
        }
    }

    function _debitLane(address dispatcher, Debit calldata debit) private returns (uint256 counted) {
        (address payer, uint32 lane, uint64 to, uint128 amount) = (debit.payer, debit.lane, debit.to, debit.amount);
        Allowance storage lent = _allowances[payer][dispatcher][lane];
        (uint128 remaining, uint64 settled) = (lent.remaining, lent.settledSequence);
        uint256 releasableAt = _releasableAt(lent);
        if (block.timestamp >= releasableAt) revert AllowanceOver(payer, dispatcher, lane, releasableAt);
        if (to <= settled) revert SequenceNotAfter(payer, dispatcher, lane, settled, to);
        if (amount > remaining) revert AllowanceExceeded(payer, dispatcher, lane, remaining, amount);
        lent.remaining = remaining - amount;
        lent.settledSequence = to;
        emit LaneDebited(payer, dispatcher, lane, settled, to, amount);
        return to - settled;
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
            _credits[account] += amount;
            credited += amount;
            emit Credited(account, dispatcher, amount);
        }
    }
}
