// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BatchHeader, Credit, Debit, RequestPayment} from "../types/Batch.sol";
import {Order, TaskId} from "../types/Order.sol";
import {Receipt, Session} from "../types/Receipt.sol";
import {ReceiptProof, Step} from "../types/ReceiptProof.sol";
import {IBonds} from "./IBonds.sol";

/// @title Where dispatchers answer for what their batches took.
/// @notice Anybody who doubts what a batch took from a payer asks for the orders and receipts, with a bond; anybody may
/// answer. Unanswered, the batch is cancelled and its dispatcher frozen.
interface ICourt is IBonds {
    struct Terms {
        uint40 window; // seconds after a batch in which it can be challenged
        uint40 answerTime; // seconds for an answer
        uint128 bond;
        uint128 rewardMax; // the most that a challenger gets out of the dispatcher's stake
    }

    /// @notice What a challenge is about: a batch's debit or its payment of a request.
    enum Subject {
        Debit,
        Request
    }

    /// @notice `Open` becomes `Answered`, `Won`, or `Moot` when the batch was cancelled for another reason.
    enum State {
        None,
        Open,
        Answered,
        Won,
        Moot
    }

    struct Challenge {
        address challenger; // slot 0: 20 + 5 + 1 bytes
        uint40 deadline; // inclusive
        State state;
        address payer; // slot 1: 20 + 4 bytes
        uint32 lane; // of debits
        uint64 from; // slot 2: 8 + 8 + 16 bytes; of debits: the sequences after it are asked for
        uint64 to; // of debits
        uint128 amount;
        TaskId request; // slot 3; of requests
        uint256 shown; // slot 4; a bit for each sequence after `from` that an answer showed
        uint128 justified; // slot 5; the sum of what answers showed
    }

    /// @notice A task that a debit paid for. `session` is 0 if the user signed, else 1 + the place in `Part.sessions`.
    struct Charge {
        Order order;
        bytes orderSignature;
        uint16 session;
        Receipt receipt;
        bytes receiptSignature;
    }

    struct SignedSession {
        Session session;
        bytes signature;
    }

    /// @notice An answer, or a part of it: the leaves under one node of a group's tree, and the way up from there.
    struct Part {
        uint16 first; // the leaf's place in the group; a multiple of 2^height
        uint16 leaves; // 2^height, or fewer at the end of the group
        uint8 height;
        uint256 voids; // bit i: leaf `first + i` is a void; the other leaves are `charges`, in order
        Charge[] charges;
        SignedSession[] sessions;
        Step[] group;
        Step[] top;
    }

    event Challenged(
        bytes32 indexed headerHash,
        Subject indexed subject,
        uint256 indexed index,
        address challenger,
        address payer,
        uint40 deadline
    );
    /// @notice Leaves of a challenged debit were shown. Their orders and receipts are in this call's data.
    event PartAnswered(bytes32 indexed headerHash, uint256 indexed index, uint16 first, uint16 leaves);
    event ChallengeAnswered(
        bytes32 indexed headerHash, Subject indexed subject, uint256 indexed index, address answerer
    );
    event ChallengeWon(
        bytes32 indexed headerHash, Subject indexed subject, uint256 indexed index, address challenger, uint256 reward
    );
    event ChallengeMoot(bytes32 indexed headerHash, Subject indexed subject, uint256 indexed index);

    error SettlementOfAnother(address settlement, address court);
    /// @notice A challenge and the cancellation after it must end before the batch's credits mature.
    error PeriodTooShort(uint40 period, uint256 min);
    error TimeMissing();
    error BatchNotSettled(bytes32 headerHash);
    error WindowOver(bytes32 headerHash, uint256 until);
    error ArrayMismatch(bytes32 expected, bytes32 given);
    error PreviousMismatch(bytes26 expected, bytes26 given);
    error IndexOutOfRange(uint256 index, uint256 length);
    error NothingDebited();
    error ChallengeExists(bytes32 headerHash, Subject subject, uint256 index);
    error ChallengeNotOpen(bytes32 headerHash, Subject subject, uint256 index, State state);
    error AnswerTimeOver(uint40 deadline);
    error AnswerTimeNotOver(uint40 deadline);
    error BatchNotCancelled(bytes32 headerHash);
    error PartMisplaced(uint256 first, uint256 leaves, uint256 height, uint256 count);
    error PartShownTwice(uint256 shown);
    error ChargesMismatch(uint256 expected, uint256 given);
    error NotInTree(bytes32 receiptsRoot);
    error SumMismatch(uint128 debited, uint256 shown);
    error OrderOfAnotherUser(address expected, address seen);
    error OrderOfAnotherDispatcher(address expected, address seen);
    error OrderOfAnotherLane(uint32 expected, uint32 seen);
    error OrderOutOfSequence(uint64 expected, uint64 seen);
    error SessionMissing(uint16 session, uint256 length);
    error SessionOfAnotherUser(address expected, address seen);
    error SessionOfAnotherDispatcher(address expected, address seen);
    error SessionOfAnotherLane(uint32 expected, uint32 seen);
    error SessionWithoutService(uint256 service);
    error SessionFeeExceeded(uint128 maxPerTask, uint128 feeMax);
    error SessionExpired(uint64 expiry, uint64 deadline);
    error ReceiptOfAnotherTask(TaskId expected, TaskId seen);
    error ReceiptOfAnotherDispatcher(address expected, address seen);
    error ReceiptTooDear(uint128 feeMax, uint128 total);
    error ReceiptAmountMismatch(uint128 paid, uint128 total);
    error WorkerNotAdmitted(address worker);

    /// @notice Asks what a batch's debit is for. The caller's bond, which she approved, is taken.
    /// @param previous the sequences that the debits went on from, as the batch's `LaneDebited` events say
    /// @param index of the debit
    function challengeDebit(
        BatchHeader calldata header,
        Debit[] calldata debits,
        uint64[] calldata previous,
        uint256 index
    ) external;

    /// @notice Asks what a batch's payment of an on-chain request is for.
    function challengeRequest(BatchHeader calldata header, RequestPayment[] calldata requests, uint256 index) external;

    /// @notice Shows leaves of a challenged debit: orders with the authority of their user, and receipts of admitted
    /// workers for at most the orders' fees. Once all are shown the caller gets the bond.
    function answerDebit(BatchHeader calldata header, uint256 index, Part calldata part) external;

    /// @notice Shows the receipt of a challenged request.
    /// @param lane the order's
    function answerRequest(
        BatchHeader calldata header,
        uint256 index,
        uint32 lane,
        Receipt calldata receipt,
        bytes calldata signature,
        ReceiptProof calldata proof
    ) external;

    /// @notice Cancels a batch of which a challenge was not answered in time; see {ISettlement-cancel}. The challenger
    /// gets her bond back, and a reward out of the dispatcher's stake.
    function cancel(
        BatchHeader calldata header,
        Subject subject,
        uint256 index,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) external;

    /// @notice Gives the bond of an open challenge back whose batch was cancelled for another reason.
    function drop(bytes32 headerHash, Subject subject, uint256 index) external;

    /// @notice The settlement contract whose batches can be challenged.
    function settlement() external view returns (address);

    /// @notice Bond, answer time and reward of this deployment.
    function terms() external view returns (Terms memory);

    /// @notice The challenge of a debit or request of a batch; state `None` if there was none.
    function challengeOf(bytes32 headerHash, Subject subject, uint256 index) external view returns (Challenge memory);
}
