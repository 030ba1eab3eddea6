// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {BatchHeader, Credit, Debit, RequestPayment} from "../types/Batch.sol";
import {Order, TaskId} from "../types/Order.sol";
import {IEnclaveRegistry} from "./IEnclaveRegistry.sol";

/// @title Holds the users' money and pays for settled tasks, in one ERC-20 token.
/// @notice Every unit held is in exactly one place: a free balance, the allowance of a lane, the escrow of an on-chain
/// request, or a credit. Their sum is the token balance, always.
///
/// A *lane* is a budget and a sequence of its own that a payer opens for one dispatcher: a dispatcher can charge only
/// the lanes opened for it, each sequence of a lane once. Money in a lane leaves it by a batch, or back to the payer
/// `withdrawDelay` after the lane's expiry. Until then a closed lane can still be debited, so that work accepted before
/// the closing is paid; from then on it cannot, so that a forgotten lane is nobody's prey.
/// @dev Amounts are in base units of the token, times in seconds since the epoch. Tokens that take fees are refused by
/// measuring; tokens that rebase must not be used, which no contract can see.
interface ISettlement {
    /// @notice What a payer lets one dispatcher spend in one lane.
    struct Allowance {
        uint128 remaining; // slot 0: 16 + 8 + 5 bytes
        uint64 settledSequence; // kept for ever: the sequences of a lane never start again
        uint40 expiry;
    }

    /// @notice `Open` becomes `Paid` or `Reclaimed`, once.
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
        uint64 number; // slot 0; of the last settled batch, 0 before the first
        bytes32 head; // slot 1; EIP-712 hash of its header
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
    event CreditClaimed(address indexed account, uint256 amount);

    error RegistryOfAnother(address registry, address settlement);
    error WithdrawDelayOutOfRange(uint40 seen, uint40 max);
    error BalanceTooSmall(address account, uint256 balance, uint256 needed);
    /// @notice After a deposit this contract holds another token balance than it must.
    error TransferInexact(uint256 expected, uint256 seen);
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
    error BatchOutOfOrder(address dispatcher, uint64 expected, uint64 seen);
    error BatchNotLinked(address dispatcher, bytes32 expected, bytes32 seen);
    error DebitsMismatch(bytes32 signed, bytes32 given);
    error RequestsMismatch(bytes32 signed, bytes32 given);
    error CreditsMismatch(bytes32 signed, bytes32 given);
    error BatchUnbalanced(uint256 taken, uint256 credited, uint128 total);
    error BatchCountMismatch(uint256 counted, uint32 signed);
    error CreditToNobody();
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

    /// @notice Moves what remains in the caller's lane back to her free balance, `withdrawDelay` after its expiry.
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
    /// receive and `header.total` are the same amount.
    /// @param signature the dispatcher's, over the header's EIP-712 hash
    function settle(
        BatchHeader calldata header,
        Debit[] calldata debits,
        RequestPayment[] calldata requests,
        Credit[] calldata credits,
        bytes calldata signature
    ) external;

    /// @notice Pays the caller's credit out.
    function claim() external returns (uint256 amount);

    function token() external view returns (IERC20);

    function registry() external view returns (IEnclaveRegistry);

    /// @notice Longer than the longest order and the longest wait for its batch, in seconds.
    function withdrawDelay() external view returns (uint40);

    /// @notice The EIP-712 domain separator of this deployment.
    function domainSeparator() external view returns (bytes32);

    /// @notice The free balance of an account.
    function balance(address account) external view returns (uint256);

    /// @notice What an account may claim.
    function credit(address account) external view returns (uint256);

    function allowance(address payer, address dispatcher, uint32 lane) external view returns (Allowance memory);

    /// @notice The on-chain request, state `None` and zero if there was none.
    function requestOf(TaskId taskId) external view returns (Request memory);

    /// @notice Number and header hash of a dispatcher's last settled batch.
    function batchChain(address dispatcher) external view returns (BatchChain memory);
}
