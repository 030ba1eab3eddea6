// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {Receipt} from "./types/Receipt.sol";
import {TaskId} from "./types/Order.sol";

/// @title Stakes of nodes, see {IStakes}.
/// @dev The token balance is the sum of all pools and of what is owed, whatever is called. Every call does its effects
/// before it calls the token.
contract Stakes is IStakes {
    using Math for uint256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev A deployment with a longer time would hold its stakers' money hostage.
    uint256 public constant UNBONDING_TIME_MAX = 90 days;
    /// @dev A reporter gets at most this part of what the worker loses, so that no worker saves its stake by reporting
    /// itself.
    uint256 public constant REWARD_DIVISOR = 4;

    IERC20 private immutable _token;
    ISettlement private immutable _settlement;
    IEnclaveRegistry private immutable _registry;
    address private immutable _court;
    address private immutable _demands;
    address private immutable _treasury;
    uint40 private immutable _unbondingTime;
    uint128 private immutable _rewardMax;

    mapping(address signer => Pool) private _pools;
    mapping(address signer => mapping(address staker => Position)) private _positions;
    mapping(address account => uint256) private _owed;
    mapping(bytes32 attempt => bool) private _convicted;

    constructor(ISettlement settlement_, Terms memory terms) {
        if (address(settlement_.stakes()) != address(this)) {
            revert SettlementOfAnother(address(settlement_), address(settlement_.stakes()));
        }
        // Longer than the longest order, its batch, and a challenge of that.
        uint256 min = uint256(settlement_.withdrawDelay()) + 2 * settlement_.period();
        if (terms.unbondingTime < min || terms.unbondingTime > UNBONDING_TIME_MAX) {
            revert UnbondingTimeOutOfRange(terms.unbondingTime, min, UNBONDING_TIME_MAX);
        }
        if (terms.treasury == address(0)) revert TreasuryMissing();
        _token = settlement_.token();
        _settlement = settlement_;
        _registry = settlement_.registry();
        _court = settlement_.court();
        _demands = settlement_.demands();
        _treasury = terms.treasury;
        _unbondingTime = terms.unbondingTime;
        _rewardMax = terms.rewardMax;
    }

    /// @inheritdoc IStakes
    function bond(address signer, uint128 amount) external {
        _registry.requireOpen();
        if (amount == 0) revert NothingToBond();
        Pool memory pool_ = _pools[signer];
        uint256 shares = pool_.shares == 0 ? amount : uint256(amount).mulDiv(pool_.shares, pool_.amount);
        pool_.shares += shares;
        pool_.amount += amount;
        Position memory position = _position(signer, msg.sender, pool_.generation);
        position.shares += shares;
        _positions[signer][msg.sender] = position;
        _keep(signer, pool_);
        emit Bonded(signer, msg.sender, amount);

        uint256 expected = _token.balanceOf(address(this)) + amount;
        _token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 seen = _token.balanceOf(address(this));
        if (seen != expected) revert BondInexact(expected, seen);
    }

    /// @inheritdoc IStakes
    function unbond(address signer, uint128 amount) external {
        if (amount == 0) revert NothingToUnbond();
        Pool memory pool_ = _pools[signer];
        Position memory position = _position(signer, msg.sender, pool_.generation);
        uint256 staying = position.shares - position.leaving;
        uint256 worth = _worth(pool_, staying);
        if (amount > worth) revert BondTooSmall(signer, msg.sender, worth, amount);
        uint256 shares = uint256(amount).mulDiv(pool_.shares, pool_.amount, Math.Rounding.Ceil);
        position.leaving += shares;
        position.withdrawableAt = uint40(block.timestamp) + _unbondingTime;
        pool_.leaving += shares;
        _positions[signer][msg.sender] = position;
        _keep(signer, pool_);
        emit Unbonding(signer, msg.sender, amount, position.withdrawableAt);
    }

    /// @inheritdoc IStakes
    function withdraw(address signer) external returns (uint256 amount) {
        Pool memory pool_ = _pools[signer];
        Position memory position = _position(signer, msg.sender, pool_.generation);
        uint256 shares = position.leaving;
        if (shares == 0) revert NothingUnbonding(signer, msg.sender);
        if (block.timestamp < position.withdrawableAt) {
            revert NotWithdrawable(signer, msg.sender, position.withdrawableAt);
        }
        amount = _worth(pool_, shares);
        (position.shares, position.leaving) = (position.shares - shares, 0);
        (pool_.shares, pool_.leaving) = (pool_.shares - shares, pool_.leaving - shares);
        pool_.amount -= uint128(amount);
        _positions[signer][msg.sender] = position;
        _keep(signer, pool_);
        emit StakeWithdrawn(signer, msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function take(address signer, uint256 amount) external returns (uint256 taken) {
        bool judge = msg.sender == address(_settlement) || msg.sender == _court || msg.sender == _demands;
        if (!judge) revert JudgeOnly(msg.sender);
        taken = _take(signer, amount);
        emit StakeTaken(signer, msg.sender, taken);
        _token.safeTransfer(msg.sender, taken);
    }

    /// @inheritdoc IStakes
    function convict(
        Receipt calldata first,
        bytes calldata firstSignature,
        Receipt calldata second,
        bytes calldata secondSignature
    ) external {
        address worker = first.worker;
        (bytes32 taskId, uint32 attempt) = (TaskId.unwrap(first.taskId), first.attempt);
        if (second.worker != worker) revert ReceiptsOfTwoWorkers(worker, second.worker);
        if (TaskId.unwrap(second.taskId) != taskId || second.attempt != attempt) revert ReceiptsOfTwoAttempts();
        bytes32 firstHash = _requireSigned(first, firstSignature);
        bytes32 secondHash = _requireSigned(second, secondSignature);
        if (firstHash == secondHash) revert ReceiptsEqual(firstHash);
        bytes32 attemptKey = _attempt(worker, taskId, attempt);
        if (_convicted[attemptKey]) revert AlreadyConvicted(worker, taskId, attempt);
        _convicted[attemptKey] = true;

        uint256 lost = _take(worker, type(uint256).max);
        uint256 reward = Math.min(lost / REWARD_DIVISOR, _rewardMax);
        _owed[msg.sender] += reward;
        _owed[_treasury] += lost - reward;
        emit WorkerConvicted(worker, taskId, attempt, msg.sender, lost, reward);
        if (_registry.revokedAt(worker) == 0) _registry.revoke(worker);
    }

    /// @inheritdoc IStakes
    function collect() external returns (uint256 amount) {
        amount = _owed[msg.sender];
        if (amount == 0) revert NothingToCollect(msg.sender);
        _owed[msg.sender] = 0;
        emit Collected(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function token() external view returns (IERC20) {
        return _token;
    }

    /// @inheritdoc IStakes
    function settlement() external view returns (address) {
        return address(_settlement);
    }

    /// @inheritdoc IStakes
    function unbondingTime() external view returns (uint40) {
        return _unbondingTime;
    }

    /// @inheritdoc IStakes
    function treasury() external view returns (address) {
        return _treasury;
    }

    /// @inheritdoc IStakes
    function rewardMax() external view returns (uint128) {
        return _rewardMax;
    }

    /// @inheritdoc IStakes
    function bonded(address signer) external view returns (uint256) {
        return _pools[signer].bonded;
    }

    /// @inheritdoc IStakes
    function pool(address signer) external view returns (Pool memory) {
        return _pools[signer];
    }

    /// @inheritdoc IStakes
    function stakeOf(address signer, address staker)
        external
        view
        returns (uint256 bonded_, uint256 leaving, uint40 withdrawableAt)
    {
        Pool memory pool_ = _pools[signer];
        Position memory position = _position(signer, staker, pool_.generation);
        return
            (
                _worth(pool_, position.shares - position.leaving),
                _worth(pool_, position.leaving),
                position.withdrawableAt
            );
    }

    /// @inheritdoc IStakes
    function owed(address account) external view returns (uint256) {
        return _owed[account];
    }

    /// @inheritdoc IStakes
    function isConvicted(address worker, bytes32 taskId, uint32 attempt) external view returns (bool) {
        return _convicted[_attempt(worker, taskId, attempt)];
    }

    function _take(address signer, uint256 amount) private returns (uint256 taken) {
        Pool memory pool_ = _pools[signer];
        taken = Math.min(amount, pool_.amount);
        pool_.amount -= uint128(taken);
        if (pool_.amount == 0) {
            // Shares of nothing would be worth something as soon as somebody bonds again.
            (pool_.shares, pool_.leaving) = (0, 0);
            pool_.generation++;
        }
        _keep(signer, pool_);
    }

    function _keep(address signer, Pool memory pool_) private {
        pool_.bonded = uint128(_worth(pool_, pool_.shares - pool_.leaving));
        _pools[signer] = pool_;
    }

    /// @dev Rounded down: in favour of those who stay.
    function _worth(Pool memory pool_, uint256 shares) private pure returns (uint256) {
        return pool_.shares == 0 ? 0 : shares.mulDiv(pool_.amount, pool_.shares);
    }

    /// @dev A position of an older generation has lost everything.
    function _position(address signer, address staker, uint64 generation)
        private
        view
        returns (Position memory position)
    {
        position = _positions[signer][staker];
        if (position.generation != generation) return Position(0, 0, generation, 0);
    }

    function _requireSigned(Receipt calldata receipt, bytes calldata signature) private view returns (bytes32 hash) {
        hash = TypedData.digest(address(_settlement), TypedData.hash(receipt));
        TypedData.requireSignedBy(receipt.worker, hash, signature);
    }

    function _attempt(address worker, bytes32 taskId, uint32 attempt) private pure returns (bytes32) {
        return keccak256(abi.encode(worker, taskId, attempt));
    }
}
