// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Receipt} from "../types/Receipt.sol";

/// @title What nodes have to lose, in the token of the settlement.
/// @notice Anybody may bond for a node's signing key, and takes out only what she bonded, less what the node lost:
/// all stakes of one key are one pool, of which each staker has shares. So nobody can take over another's stake by
/// being first, or keep another out. What is being unbonded can still be taken until it is withdrawn.
interface IStakes {
    /// @notice The stakes of one signing key.
    struct Pool {
        uint128 bonded; // slot 0: 16 + 16 bytes; what the shares that do not leave are worth
        uint128 amount; // all that can be taken, leaving or not
        uint256 shares; // slot 1; at least `amount`: a share is never worth more than one unit
        uint256 leaving; // slot 2; the shares that are being unbonded
        uint64 generation; // slot 3; one more each time that everything was taken
    }

    /// @notice What one staker has in one pool; nothing, if the generation is an old one.
    struct Position {
        uint256 shares; // slot 0
        uint256 leaving; // slot 1; part of the shares
        uint64 generation; // slot 2: 8 + 5 bytes
        uint40 withdrawableAt;
    }

    struct Terms {
        uint40 unbondingTime; // seconds
        address treasury; // what a convicted worker loses, besides the reporter's part
        uint128 rewardMax; // the most that a reporter gets
    }

    event Bonded(address indexed signer, address indexed staker, uint128 amount);
    event Unbonding(address indexed signer, address indexed staker, uint128 amount, uint40 withdrawableAt);
    event StakeWithdrawn(address indexed signer, address indexed staker, uint256 amount);
    /// @notice A key lost stake to the settlement, the court or the demands.
    event StakeTaken(address indexed signer, address indexed by, uint256 amount);
    event WorkerConvicted(
        address indexed worker, bytes32 indexed taskId, uint32 attempt, address reporter, uint256 lost, uint256 reward
    );
    event Collected(address indexed account, uint256 amount);

    error SettlementOfAnother(address settlement, address stakes);
    error UnbondingTimeOutOfRange(uint256 seen, uint256 min, uint256 max);
    error TreasuryMissing();
    error NothingToBond();
    error BondInexact(uint256 expected, uint256 seen);
    error BondTooSmall(address signer, address staker, uint256 bonded, uint256 amount);
    error NothingToUnbond();
    error NothingUnbonding(address signer, address staker);
    error NotWithdrawable(address signer, address staker, uint40 withdrawableAt);
    error JudgeOnly(address caller);
    error NothingToCollect(address account);
    error ReceiptsOfTwoWorkers(address first, address second);
    error ReceiptsOfTwoAttempts();
    error ReceiptsEqual(bytes32 receipt);
    error AlreadyConvicted(address worker, bytes32 taskId, uint32 attempt);

    /// @notice Adds `amount` of the caller's tokens, which she approved, to the stake of `signer`.
    function bond(address signer, uint128 amount) external;

    /// @notice Begins to take `amount` of the caller's stake out; it counts no longer, but can be lost until it is
    /// withdrawn. Unbonding more begins the wait again, for all of it.
    function unbond(address signer, uint128 amount) external;

    /// @notice Pays out what the caller unbonded, `unbondingTime` later, less what was taken meanwhile.
    function withdraw(address signer) external returns (uint256 amount);

    /// @notice Moves `amount` of a key's stake to the caller, or what there is of it. The settlement, the court
    /// and the demands only.
    function take(address signer, uint256 amount) external returns (uint256 taken);

    /// @notice Proves that a worker signed two different receipts for one attempt of one task: it loses its whole stake
    /// and is shut out of the registry for ever. Anybody may call it, and gets a part.
    function convict(
        Receipt calldata first,
        bytes calldata firstSignature,
        Receipt calldata second,
        bytes calldata secondSignature
    ) external;

    /// @notice Pays out what the caller got by reports.
    function collect() external returns (uint256 amount);

    /// @notice The ERC-20 that stakes are laid down in.
    function token() external view returns (IERC20);

    /// @notice The settlement contract that may take stakes when a batch is cancelled.
    function settlement() external view returns (address);

    /// @notice Seconds for which what is being taken out can still be lost.
    function unbondingTime() external view returns (uint40);

    /// @notice Where what a reporter does not get goes.
    function treasury() external view returns (address);

    /// @notice The most that a reporter gets, in base units of the token.
    function rewardMax() external view returns (uint128);

    /// @notice What `signer` answers with for what it does from now on.
    function bonded(address signer) external view returns (uint256);

    /// @notice All stakes for a key together.
    function pool(address signer) external view returns (Pool memory);

    /// @notice What a staker has bonded for a key, what she is unbonding, and when she may withdraw that.
    function stakeOf(address signer, address staker)
        external
        view
        returns (uint256 bonded, uint256 leaving, uint40 withdrawableAt);

    /// @notice What an account may collect for its reports.
    function owed(address account) external view returns (uint256);

    /// @notice Whether two receipts by a worker for this attempt were shown.
    function isConvicted(address worker, bytes32 taskId, uint32 attempt) external view returns (bool);
}
