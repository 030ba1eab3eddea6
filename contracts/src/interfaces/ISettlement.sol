// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BatchHeader, Credit, Debit, RequestPayment, SignedBatch} from "../types/Batch.sol";
import {Order, TaskId} from "../types/Order.sol";
import {Leaf, ReceiptProof} from "../types/ReceiptProof.sol";
import {IEnclaveRegistry} from "./IEnclaveRegistry.sol";
import {IStakes} from "./IStakes.sol";

/// @title Holds the users' money and pays for settled tasks, in one ERC-20 token.
/// @notice Every unit held is in exactly one place: a free balance, the allowance of a lane, the escrow of an on-chain
/// request, or a credit. Their sum is the token balance, always.
///
/// A *lane* is a budget and a sequence of its own that a payer opens for one dispatcher: a dispatcher can charge only
/// the lanes opened for it, each sequence of a lane once. Money in a lane leaves it by a batch, or back to the payer
/// `withdrawDelay` after the lane's expiry. Until then a closed lane can still be debited, so that work accepted before
/// the closing is paid; from then on it cannot, so that a forgotten lane is nobody's prey.
///
/// A batch's credits are *pending* for the rest of its period and the whole next one, which is longer than a challenge
/// of the batch can take; then they have matured and can be claimed. What a dispatcher's batches of these two periods
/// take together is never more than its bonded stake. The {ICourt} cancels a batch whose debits nobody could justify:
/// pending credits are taken back, every payer gets her money back, and the dispatcher is frozen for ever.
/// @dev Amounts are in base units of the token, times in seconds since the epoch. Tokens that take fees are refused by
/// measuring. Tokens that rebase must not be used: one that has taken something away is found out by the next deposit,
/// which is refused like all that follow, until what is missing is back.
interface ISettlement {
    /// @notice What a payer lets one dispatcher spend in one lane.
    struct Allowance {
        uint128 remaining; // slot 0: 16 + 8 + 5 bytes
        uint64 settledSequence; // kept for ever: the sequences of a lane never start again
        uint40 expiry;
    }

    /// @notice What a deployment is made with.
    struct Terms {
        IERC20 token;
        IEnclaveRegistry registry; // made for this contract's address, which is in the domain of its certificates
        IStakes stakes; // made after this contract, like the next two: their predicted addresses
        address court;
        address demands;
        uint40 withdrawDelay; // seconds
        uint40 period; // seconds
    }

    /// @notice `Open` becomes `Paid` or `Reclaimed`, and `Paid` becomes `Reclaimed` if its batch is cancelled.
    enum RequestState {
        None,
        Open,
        Paid,
        Reclaimed
    }

    struct Request {
        address user; // slot 0: 20 + 5 + 1 bytes
        uint40 reclaimableAt;
        RequestState state;
        uint128 escrow; // slot 1: 16 bytes; zero once it is paid or reclaimed
    }

    /// @notice A dispatcher's chain of batches.
    struct BatchChain {
        uint64 number; // slot 0: 8 + 4 + 1 bytes; of the last settled batch, 0 before the first
        uint32 period; // that it was settled in
        bool frozen; // for ever: settles no further batch, and its payers may release at once
        bytes32 head; // slot 1; EIP-712 hash of its header
        uint128 newer; // slot 2: 16 + 16 bytes; what its batches took in that period
        uint128 older; // and in the one before
    }

    enum BatchState {
        None,
        Settled,
        Cancelled
    }

    /// @notice What is kept of a batch, by the EIP-712 hash of its header, for ever.
    struct BatchRecord {
        uint40 settledAt; // slot 0: 5 + 1 + 26 bytes
        BatchState state;
        bytes26 previous; // of keccak256 of the sequences that the debits went on from, each a word
    }

    /// @notice What an account has earned in the even periods, or in the odd ones. Amounts have 112 bits, so that a purse
    /// takes one slot: with 18 decimals, five quadrillion tokens.
    struct Purse {
        uint32 period; // slot 0: 4 + 14 + 14 bytes
        uint112 credited; // in `period`
        uint112 matured; // of its earlier periods, not claimed yet
    }

    /// @notice An EIP-2612 permit of the caller for this contract over the amount of the call.
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    event Deposited(address indexed account, uint128 amount);
    event Withdrawn(address indexed account, uint128 amount);
    event AllowanceIncreased(
        address indexed payer, address indexed dispatcher, uint32 indexed lane, uint128 amount, uint40 expiry
    );
    event AllowanceClosed(
        address indexed payer, address indexed dispatcher, uint32 indexed lane, uint40 expiry, uint40 releasableAt
    );
    event AllowanceReleased(address indexed payer, address indexed dispatcher, uint32 indexed lane, uint128 amount);
    /// @notice A task was ordered on chain. Any dispatcher may serve it; `taskId` is the order's EIP-712 hash.
    event Requested(TaskId indexed taskId, address indexed user, Order order, bytes signature, string sealedInputCid);
    event RequestReclaimed(TaskId indexed taskId, address indexed user, uint128 amount);
    /// @notice A lane was charged for the sequences `previous + 1` to `to`.
    event LaneDebited(
        address indexed payer,
        address indexed dispatcher,
        uint32 indexed lane,
        uint64 previous,
        uint64 to,
        uint128 amount
    );
    event RequestPaid(
        TaskId indexed taskId, address indexed user, address indexed dispatcher, uint128 amount, uint128 refund
    );
    event Credited(address indexed account, address indexed dispatcher, uint128 amount);
    event Settled(
        address indexed dispatcher,
        uint64 indexed number,
        bytes32 indexed headerHash,
        bytes32 receiptsRoot,
        uint32 count,
        uint128 total
    );
    /// @notice The receipts of a batch were posted with it, in whatever form: what they are they prove by the batch's root.
    event ReceiptsPublished(bytes32 indexed headerHash, bytes32 indexed receiptsHash);
    /// @notice The receipts of a batch were posted in this blob, the `index`th of the transaction.
    event ReceiptsInBlob(bytes32 indexed headerHash, uint256 index, bytes32 blobHash);
    /// @notice A batch was undone: `recovered` of what it took went back to its payers.
    event BatchCancelled(
        address indexed dispatcher, uint64 indexed number, bytes32 indexed headerHash, uint256 recovered
    );
    event CreditCancelled(address indexed account, address indexed dispatcher, uint128 amount);
    event DebitReturned(address indexed payer, address indexed dispatcher, uint32 indexed lane, uint256 amount);
    event DispatcherFrozen(address indexed dispatcher);
    event CreditClaimed(address indexed account, uint256 amount);

    error RegistryOfAnother(address registry, address settlement);
    error WithdrawDelayOutOfRange(uint40 seen, uint40 max);
    error PeriodOutOfRange(uint40 seen, uint40 max);
    error BalanceTooSmall(address account, uint256 balance, uint256 needed);
    /// @notice After a deposit this contract holds another token balance than it must.
    error TransferInexact(uint256 expected, uint256 seen);
    /// @notice The token took away some of what this contract holds for others: nothing is deposited on top of a loss.
    error TokensMissing(uint256 held, uint256 seen);
    error ExpiryInPast(uint40 expiry, uint256 time);
    /// @notice An allowance's expiry comes forward by `close` only.
    error ExpiryShortened(uint40 current, uint40 requested);
    error AllowanceNotOpen(address payer, address dispatcher, uint32 lane, uint40 expiry);
    error AllowanceNotReleasable(address payer, address dispatcher, uint32 lane, uint256 releasableAt);
    error AllowanceEmpty(address payer, address dispatcher, uint32 lane);
    error AllowanceOver(address payer, address dispatcher, uint32 lane, uint256 releasableAt);
    error AllowanceExceeded(address payer, address dispatcher, uint32 lane, uint128 remaining, uint128 amount);
    error SequenceNotAfter(address payer, address dispatcher, uint32 lane, uint64 settledSequence, uint64 to);
    error RequestNamesDispatcher(address dispatcher);
    error RequestByAnother(address user, address caller);
    error RequestDeadlinePassed(uint64 deadline, uint256 time);
    error RequestDeadlineTooFar(uint64 deadline, uint256 max);
    error RequestExists(TaskId taskId);
    error RequestNotOpen(TaskId taskId, RequestState state);
    error RequestNotReclaimable(TaskId taskId, uint40 reclaimableAt);
    error RequestOver(TaskId taskId, uint40 reclaimableAt);
    error RequestEscrowExceeded(TaskId taskId, uint128 escrow, uint128 amount);
    error DispatcherNotActive(address dispatcher);
    /// @notice A batch has at most so many debits, requests and credits together, so that it can be cancelled.
    error BatchTooLarge(uint256 seen, uint256 max);
    error BatchOutOfOrder(address dispatcher, uint64 expected, uint64 seen);
    error BatchNotLinked(address dispatcher, bytes32 expected, bytes32 seen);
    error DebitsMismatch(bytes32 signed, bytes32 given);
    error RequestsMismatch(bytes32 signed, bytes32 given);
    error CreditsMismatch(bytes32 signed, bytes32 given);
    error BatchUnbalanced(uint256 taken, uint256 credited, uint128 total);
    error BatchCountMismatch(uint256 counted, uint32 signed);
    error CreditToNobody();
    error CreditTooLarge(address account, uint256 amount);
    /// @notice What a dispatcher takes before it is final stays within its bonded stake: bond more, or settle later.
    error StakeTooSmall(address dispatcher, uint256 stake, uint256 needed);
    /// @notice The dispatcher's batches were found wrong, or it did not settle what it had acknowledged.
    error DispatcherIsFrozen(address dispatcher);
    error BatchNotSettled(bytes32 headerHash, BatchState state);
    error BlobMissing(uint256 index);
    /// @notice Only the court cancels, and only the contract of the demands freezes.
    error CourtOnly(address caller);
    error NothingToClaim(address account);

    /// @notice Moves `amount` of the caller's tokens, which she approved, into her free balance.
    function deposit(uint128 amount) external;

    /// @notice `deposit` with a permit instead of an approval. A permit that somebody else already posted does no harm.
    function depositWithPermit(uint128 amount, Permit calldata permit) external;

    /// @notice Pays out of the caller's free balance, at once.
    function withdraw(uint128 amount) external;

    /// @notice Moves `amount` of the caller's free balance into the lane, and its expiry to `expiry` (not earlier than
    /// it is). Opens the lane, tops it up (`amount` may be zero) or opens it again after it was closed.
    function allow(address dispatcher, uint32 lane, uint128 amount, uint40 expiry) external;

    /// @notice `deposit` and `allow` in one.
    function depositAndAllow(address dispatcher, uint32 lane, uint128 amount, uint40 expiry) external;

    /// @notice `depositWithPermit` and `allow` in one.
    function depositAndAllowWithPermit(
        address dispatcher,
        uint32 lane,
        uint128 amount,
        uint40 expiry,
        Permit calldata permit
    ) external;

    /// @notice Lets the caller's lane expire now. Dispatchers accept no further order on it.
    function close(address dispatcher, uint32 lane) external;

    /// @notice Moves what remains in the caller's lane back to her free balance, `withdrawDelay` after its expiry, or at
    /// once if the dispatcher is frozen.
    function release(address dispatcher, uint32 lane) external;

    /// @notice Orders a task on chain: escrows `order.fee.max` of the caller's free balance. The caller is `order.user`,
    /// `order.dispatcher` is zero.
    /// @param signature the user's, over the order's EIP-712 hash
    /// @param sealedInputCid where the input lies, sealed to the service's public key
    function request(Order calldata order, bytes calldata signature, string calldata sealedInputCid)
        external
        returns (TaskId taskId);

    /// @notice `deposit` of `order.fee.max` and `request` in one.
    function depositAndRequest(Order calldata order, bytes calldata signature, string calldata sealedInputCid)
        external
        returns (TaskId taskId);

    /// @notice `depositWithPermit` of `order.fee.max` and `request` in one.
    function depositAndRequestWithPermit(
        Order calldata order,
        bytes calldata signature,
        string calldata sealedInputCid,
        Permit calldata permit
    ) external returns (TaskId taskId);

    /// @notice Moves the escrow of a request that nobody settled back to its user's free balance, `withdrawDelay` after
    /// the order's deadline. Anybody may call it.
    function reclaim(TaskId taskId) external;

    /// @notice Settles a batch of a registered dispatcher. Anybody may call it: the signature is the authority.
    /// @dev The debits' ranges and the requests together are `header.count` tasks; what they take, what the credits
    /// receive and `header.total` are the same amount. Debits, requests and credits are at most 384 together.
    function settle(SignedBatch calldata signed) external;

    /// @notice `settle`, and keeps a trace of the batch's receipts, which anybody can read in this call's data.
    /// @dev The bytes are not signed: they prove what they are by the batch's root.
    function settleWithReceipts(SignedBatch calldata signed, bytes calldata receipts) external;

    /// @notice `settle`, and keeps the hashes of this transaction's first `blobs` blobs, which hold the receipts.
    function settleWithBlobs(SignedBatch calldata signed, uint256 blobs) external;

    /// @notice Undoes a settled batch and freezes its dispatcher. The court only.
    /// @dev Until its credits mature they are taken back, and everything the batch took returns. Later the dispatcher's
    /// stake pays as far as it goes, to all payers in proportion. The lanes' sequences stay settled.
    function cancel(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits
    ) external;

    /// @notice Lets a dispatcher settle nothing any more, for ever. The contract of the demands only; once or often.
    function freeze(address dispatcher) external;

    /// @notice Pays the caller's matured credit out.
    function claim() external returns (uint256 amount);

    /// @notice The ERC-20 that everything here is paid in.
    function token() external view returns (IERC20);

    /// @notice Who may sign batches, and whether the market is paused.
    function registry() external view returns (IEnclaveRegistry);

    /// @notice Where dispatchers' and workers' stakes lie.
    function stakes() external view returns (IStakes);

    /// @notice The only contract that may cancel a batch.
    function court() external view returns (address);

    /// @notice The only contract that may freeze a dispatcher.
    function demands() external view returns (address);

    /// @notice Longer than the longest order and the longest wait for its batch, in seconds.
    function withdrawDelay() external view returns (uint40);

    /// @notice Seconds; credits mature when the period after that of their batch has passed.
    function period() external view returns (uint40);

    /// @notice The EIP-712 domain separator of this deployment.
    function domainSeparator() external view returns (bytes32);

    /// @notice What this contract owes to everybody together. It holds at least as many tokens.
    function held() external view returns (uint256);

    /// @notice The free balance of an account.
    function balance(address account) external view returns (uint256);

    /// @notice What an account may claim now.
    function claimable(address account) external view returns (uint256);

    /// @notice What an account was credited that has not matured yet.
    function pending(address account) external view returns (uint256);

    /// @notice What a dispatcher's batches took that is not final yet.
    function unfinalDebits(address dispatcher) external view returns (uint256);

    /// @notice What a payer lent a dispatcher in a lane; all zero if she never did.
    function allowance(address payer, address dispatcher, uint32 lane) external view returns (Allowance memory);

    /// @notice The on-chain request, state `None` and zero if there was none.
    function requestOf(TaskId taskId) external view returns (Request memory);

    /// @notice Number and header hash of a dispatcher's last settled batch.
    function batchChain(address dispatcher) external view returns (BatchChain memory);

    /// @notice The batch with this EIP-712 hash of its header, state `None` if there is none.
    function batch(bytes32 headerHash) external view returns (BatchRecord memory);

    /// @notice Whether a batch that was settled, and not cancelled, settled this leaf.
    function isSettled(BatchHeader calldata header, Leaf calldata leaf, ReceiptProof calldata proof)
        external
        view
        returns (bool);
}
