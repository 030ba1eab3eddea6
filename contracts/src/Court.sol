// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Bonds} from "./Bonds.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {ReceiptTree} from "./libraries/ReceiptTree.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {BatchHeader, Credit, Debit, RequestPayment} from "./types/Batch.sol";
import {Roles} from "./types/NodeCertificate.sol";
import {Order, TaskId} from "./types/Order.sol";
import {Receipt, Session} from "./types/Receipt.sol";
import {Leaf, LeafKinds, ReceiptProof} from "./types/ReceiptProof.sol";

/// @title Challenges of batches, see {ICourt}.
contract Court is ICourt, Bonds {
    ISettlement private immutable _settlement;
    IEnclaveRegistry private immutable _registry;
    IStakes private immutable _stakes;
    uint40 private immutable _window;
    uint40 private immutable _answerTime;
    uint128 private immutable _rewardMax;

    mapping(bytes32 key => Challenge) private _challenges;

    constructor(ISettlement settlement_, Terms memory terms_) Bonds(settlement_.token(), terms_.bond) {
        if (settlement_.court() != address(this)) {
            revert SettlementOfAnother(address(settlement_), settlement_.court());
        }
        if (terms_.window == 0 || terms_.answerTime == 0) revert TimeMissing();
        // As long to cancel as to answer.
        uint256 min = uint256(terms_.window) + 2 * uint256(terms_.answerTime);
        if (settlement_.period() < min) revert PeriodTooShort(settlement_.period(), min);
        _settlement = settlement_;
        _registry = settlement_.registry();
        _stakes = settlement_.stakes();
        _window = terms_.window;
        _answerTime = terms_.answerTime;
        _rewardMax = terms_.rewardMax;
    }

    /// @inheritdoc ICourt
    function challengeDebit(
        BatchHeader calldata header,
        Debit[] calldata debits,
        uint64[] calldata previous,
        uint256 index
    ) external {
        bytes32 headerHash = _headerHash(header);
        ISettlement.BatchRecord memory record = _requireWindow(headerHash);
        _requireDigest(header.debits, keccak256(abi.encode(debits)));
        bytes26 given = bytes26(keccak256(abi.encodePacked(previous)));
        if (given != record.previous) revert PreviousMismatch(record.previous, given);
        if (index >= debits.length) revert IndexOutOfRange(index, debits.length);
        Debit calldata debit = debits[index];
        Challenge memory challenge;
        (challenge.payer, challenge.lane, challenge.amount) = (debit.payer, debit.lane, debit.amount);
        (challenge.from, challenge.to) = (previous[index], debit.to);
        _open(headerHash, Subject.Debit, index, challenge);
    }

    /// @inheritdoc ICourt
    function challengeRequest(BatchHeader calldata header, RequestPayment[] calldata requests, uint256 index) external {
        bytes32 headerHash = _headerHash(header);
        _requireWindow(headerHash);
        _requireDigest(header.requests, keccak256(abi.encode(requests)));
        if (index >= requests.length) revert IndexOutOfRange(index, requests.length);
        Challenge memory challenge;
        (challenge.request, challenge.amount) = (requests[index].taskId, requests[index].amount);
        challenge.payer = _settlement.requestOf(challenge.request).user;
        _open(headerHash, Subject.Request, index, challenge);
    }

    /// @inheritdoc ICourt
    function answerDebit(BatchHeader calldata header, uint256 index, Part calldata part) external {
        bytes32 headerHash = _headerHash(header);
        Challenge storage kept = _challenges[_key(headerHash, Subject.Debit, index)];
        Challenge memory challenge = kept;
        _requireAnswerable(headerHash, Subject.Debit, index, challenge);
        _requirePlace(challenge, part);

        uint256 sum = _requirePart(header, _settlement.batch(headerHash).settledAt, challenge, part);
        uint256 shown = _all(part.leaves) << part.first;
        if (challenge.shown & shown != 0) revert PartShownTwice(challenge.shown);
        challenge.shown |= shown;
        challenge.justified += uint128(sum);
        (kept.shown, kept.justified) = (challenge.shown, challenge.justified);
        emit PartAnswered(headerHash, index, part.first, part.leaves);
        if (challenge.shown != _all(challenge.to - challenge.from)) return;
        if (challenge.justified != challenge.amount) revert SumMismatch(challenge.amount, challenge.justified);
        _answered(headerHash, Subject.Debit, index, kept);
    }

    /// @inheritdoc ICourt
    function answerRequest(
        BatchHeader calldata header,
        uint256 index,
        uint32 lane,
        Receipt calldata receipt,
        bytes calldata signature,
        ReceiptProof calldata proof
    ) external {
        bytes32 headerHash = _headerHash(header);
        Challenge storage kept = _challenges[_key(headerHash, Subject.Request, index)];
        Challenge memory challenge = kept;
        _requireAnswerable(headerHash, Subject.Request, index, challenge);
        uint256 settledAt = _settlement.batch(headerHash).settledAt;
        bytes32 hash = _requireReceipt(challenge.request, header.dispatcher, settledAt, receipt, signature);
        if (receipt.fee.total != challenge.amount) revert ReceiptAmountMismatch(challenge.amount, receipt.fee.total);
        Leaf memory leaf = Leaf(challenge.payer, lane, 0, LeafKinds.REQUEST, hash, challenge.amount);
        if (!ReceiptTree.holds(header.receiptsRoot, header.total, leaf, proof)) revert NotInTree(header.receiptsRoot);
        _answered(headerHash, Subject.Request, index, kept);
    }

    /// @inheritdoc ICourt
    function cancel(
        BatchHeader calldata header,
        Subject subject,
        uint256 index,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) external {
        bytes32 headerHash = _headerHash(header);
        Challenge storage challenge = _requireOpen(headerHash, subject, index);
        if (block.timestamp <= challenge.deadline) revert AnswerTimeNotOver(challenge.deadline);
        challenge.state = State.Won;
        _settlement.cancel(header, debits, requests, credits);
        uint256 reward = _stakes.take(header.dispatcher, _rewardMax);
        address challenger = challenge.challenger;
        _owed[challenger] += _bond + reward;
        emit ChallengeWon(headerHash, subject, index, challenger, reward);
    }

    /// @inheritdoc ICourt
    function drop(bytes32 headerHash, Subject subject, uint256 index) external {
        Challenge storage challenge = _requireOpen(headerHash, subject, index);
        if (!_isCancelled(headerHash)) revert BatchNotCancelled(headerHash);
        challenge.state = State.Moot;
        _owed[challenge.challenger] += _bond;
        emit ChallengeMoot(headerHash, subject, index);
    }

    /// @inheritdoc ICourt
    function settlement() external view returns (address) {
        return address(_settlement);
    }

    /// @inheritdoc ICourt
    function terms() external view returns (Terms memory) {
        return Terms(_window, _answerTime, _bond, _rewardMax);
    }

    /// @inheritdoc ICourt
    function challengeOf(bytes32 headerHash, Subject subject, uint256 index) external view returns (Challenge memory) {
        return _challenges[_key(headerHash, subject, index)];
    }

    function _requireWindow(bytes32 headerHash) private view returns (ISettlement.BatchRecord memory record) {
        record = _settlement.batch(headerHash);
        if (record.state != ISettlement.BatchState.Settled) revert BatchNotSettled(headerHash);
        uint256 until = uint256(record.settledAt) + _window;
        if (block.timestamp > until) revert WindowOver(headerHash, until);
    }

    function _open(bytes32 headerHash, Subject subject, uint256 index, Challenge memory challenge) private {
        Challenge storage kept = _challenges[_key(headerHash, subject, index)];
        if (kept.state != State.None) revert ChallengeExists(headerHash, subject, index);
        if (challenge.amount == 0) revert NothingDebited();
        challenge.challenger = msg.sender;
        challenge.deadline = uint40(block.timestamp) + _answerTime;
        challenge.state = State.Open;
        _challenges[_key(headerHash, subject, index)] = challenge;
        emit Challenged(headerHash, subject, index, msg.sender, challenge.payer, challenge.deadline);
        _takeBond();
    }

    function _requireOpen(bytes32 headerHash, Subject subject, uint256 index)
        private
        view
        returns (Challenge storage challenge)
    {
        challenge = _challenges[_key(headerHash, subject, index)];
        if (challenge.state != State.Open) {
            revert ChallengeNotOpen(headerHash, subject, index, challenge.state);
        }
    }

    function _requireAnswerable(bytes32 headerHash, Subject subject, uint256 index, Challenge memory challenge)
        private
        view
    {
        if (challenge.state != State.Open) {
            revert ChallengeNotOpen(headerHash, subject, index, challenge.state);
        }
        if (block.timestamp > challenge.deadline) revert AnswerTimeOver(challenge.deadline);
    }

    function _answered(bytes32 headerHash, Subject subject, uint256 index, Challenge storage challenge) private {
        challenge.state = State.Answered;
        _owed[msg.sender] += _bond;
        emit ChallengeAnswered(headerHash, subject, index, msg.sender);
    }

    /// @dev The bits of `count` leaves. A debit of more than fit a group has no answer.
    function _all(uint256 count) private pure returns (uint256) {
        return count == ReceiptTree.GROUP_LEAVES_MAX ? type(uint256).max : (uint256(1) << count) - 1;
    }

    function _requirePlace(Challenge memory challenge, Part calldata part) private pure {
        (uint256 first, uint256 leaves, uint256 height) = (part.first, part.leaves, part.height);
        uint256 count = challenge.to - challenge.from;
        bool placed = count <= ReceiptTree.GROUP_LEAVES_MAX && height <= ReceiptTree.GROUP_STEPS_MAX && leaves > 0
            && first % (1 << height) == 0 && leaves <= 1 << height && first + leaves <= count
            && part.group.length <= ReceiptTree.GROUP_STEPS_MAX;
        if (!placed) revert PartMisplaced(first, leaves, height, count);
    }

    /// @return sum of the part's leaves, which stand in the batch's tree under a group of the debit's amount
    function _requirePart(
        BatchHeader calldata header,
        uint256 settledAt,
        Challenge memory challenge,
        Part calldata part
    ) private view returns (uint256 sum) {
        ReceiptTree.Node memory node = _partNode(header.dispatcher, settledAt, challenge, part);
        sum = node.sum;
        node = ReceiptTree.climb(node, part.group);
        if (node.sum != challenge.amount) revert SumMismatch(challenge.amount, node.sum);
        uint32 count = uint32(challenge.to - challenge.from);
        bool held = ReceiptTree.holdsGroup(
            header.receiptsRoot, header.total, challenge.payer, challenge.lane, node, count, part.top
        );
        if (!held) revert NotInTree(header.receiptsRoot);
    }

    function _partNode(address dispatcher, uint256 settledAt, Challenge memory challenge, Part calldata part)
        private
        view
        returns (ReceiptTree.Node memory)
    {
        ReceiptTree.Node[] memory nodes = new ReceiptTree.Node[](part.leaves);
        Leaf memory leaf;
        (leaf.payer, leaf.lane) = (challenge.payer, challenge.lane);
        uint256 used = 0;
        uint256 free = _freeMemory();
        for (uint256 i = 0; i < nodes.length; i++) {
            leaf.sequence = challenge.from + 1 + uint64(part.first + i);
            (leaf.kind, leaf.receipt, leaf.amount) = (LeafKinds.VOID, 0, 0);
            if ((part.voids >> i) & 1 == 0) {
                if (used == part.charges.length) revert ChargesMismatch(used + 1, part.charges.length);
                _charge(dispatcher, settledAt, leaf, part.charges[used++], part.sessions);
            }
            (nodes[i].hash, nodes[i].sum) = (ReceiptTree.hash(leaf), leaf.amount);
            _reclaimMemory(free);
        }
        if (used != part.charges.length) revert ChargesMismatch(used, part.charges.length);
        return ReceiptTree.fold(nodes, part.height);
    }

    /// @dev Checks that order and receipt justify the leaf, and completes it.
    function _charge(
        address dispatcher,
        uint256 settledAt,
        Leaf memory leaf,
        Charge calldata charge,
        SignedSession[] calldata sessions
    ) private view {
        Order calldata order = charge.order;
        if (order.user != leaf.payer) revert OrderOfAnotherUser(leaf.payer, order.user);
        if (order.dispatcher != dispatcher) revert OrderOfAnotherDispatcher(dispatcher, order.dispatcher);
        if (order.lane != leaf.lane) revert OrderOfAnotherLane(leaf.lane, order.lane);
        if (order.sequence != leaf.sequence) revert OrderOutOfSequence(leaf.sequence, order.sequence);
        TaskId taskId = TypedData.taskId(address(_settlement), order);
        address authority = charge.session == 0 ? order.user : _sessionKey(order, charge.session, sessions);
        TypedData.requireSignedBy(authority, TaskId.unwrap(taskId), charge.orderSignature);
        leaf.kind = LeafKinds.RECEIPT;
        leaf.receipt = _requireReceipt(taskId, dispatcher, settledAt, charge.receipt, charge.receiptSignature);
        leaf.amount = charge.receipt.fee.total;
        if (leaf.amount > order.fee.max) revert ReceiptTooDear(order.fee.max, leaf.amount);
    }

    /// @dev The key that may sign the order instead of its user; the same rules as at acceptance. That a session's
    /// orders stay within its cap together is seen to by its lane, which is lent no more.
    function _sessionKey(Order calldata order, uint16 number, SignedSession[] calldata sessions)
        private
        view
        returns (address)
    {
        if (number > sessions.length) revert SessionMissing(number, sessions.length);
        Session calldata session = sessions[number - 1].session;
        if (session.user != order.user) revert SessionOfAnotherUser(order.user, session.user);
        if (session.dispatcher != order.dispatcher) {
            revert SessionOfAnotherDispatcher(order.dispatcher, session.dispatcher);
        }
        if (session.lane != order.lane) revert SessionOfAnotherLane(order.lane, session.lane);
        if (!_covers(session.services, order.service.id)) revert SessionWithoutService(order.service.id);
        if (order.fee.max > session.maxPerTask) revert SessionFeeExceeded(session.maxPerTask, order.fee.max);
        if (order.deadline > session.expiry) revert SessionExpired(session.expiry, order.deadline);
        TypedData.requireSignedBy(session.user, _digest(TypedData.hash(session)), sessions[number - 1].signature);
        return session.sessionKey;
    }

    function _covers(uint256[] calldata services, uint256 service) private pure returns (bool) {
        for (uint256 i = 0; i < services.length; i++) {
            if (services[i] == service) return true;
        }
        return services.length == 0;
    }

    /// @dev The receipt is of the task, of the dispatcher, and by a worker that the registry had admitted. A worker that
    /// was shut out or expired is still good for batches of one withdraw delay more: it worked before, and no batch
    /// takes longer.
    function _requireReceipt(
        TaskId taskId,
        address dispatcher,
        uint256 settledAt,
        Receipt calldata receipt,
        bytes calldata signature
    ) private view returns (bytes32 hash) {
        if (TaskId.unwrap(receipt.taskId) != TaskId.unwrap(taskId)) {
            revert ReceiptOfAnotherTask(taskId, receipt.taskId);
        }
        if (receipt.dispatcher != dispatcher) revert ReceiptOfAnotherDispatcher(dispatcher, receipt.dispatcher);
        hash = _requireSigned(receipt, signature);
        uint256 since = settledAt - _settlement.withdrawDelay();
        if (!_registry.servedUntil(receipt.worker, Roles.WORKER, since)) revert WorkerNotAdmitted(receipt.worker);
    }

    function _requireSigned(Receipt calldata receipt, bytes calldata signature) private view returns (bytes32 hash) {
        hash = _digest(TypedData.hash(receipt));
        TypedData.requireSignedBy(receipt.worker, hash, signature);
    }

    /// @dev The hashes of orders and receipts leave kilobytes behind, and the price of memory grows with its square.
    function _freeMemory() private pure returns (uint256 free) {
        assembly ("memory-safe") {
            free := mload(0x40)
        }
    }

    /// @dev Only where nothing points to what was allocated since.
    function _reclaimMemory(uint256 free) private pure {
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    function _isCancelled(bytes32 headerHash) private view returns (bool) {
        return _settlement.batch(headerHash).state == ISettlement.BatchState.Cancelled;
    }

    function _requireDigest(bytes32 expected, bytes32 given) private pure {
        if (given != expected) revert ArrayMismatch(expected, given);
    }

    function _headerHash(BatchHeader calldata header) private view returns (bytes32) {
        return _digest(TypedData.hash(header));
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return TypedData.digest(address(_settlement), structHash);
    }

    function _key(bytes32 headerHash, Subject subject, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(headerHash, subject, index));
    }
}
