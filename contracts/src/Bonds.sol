// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IBonds} from "./interfaces/IBonds.sol";

/// @title The money of {Court} and {Demands}, see {IBonds}.
/// @dev The token balance is the sum of all open bonds and of what is owed. Every call does its effects before it calls
/// the token, the settlement or the stakes, which are this deployment's own.
abstract contract Bonds is IBonds {
    using SafeERC20 for IERC20;

    IERC20 private immutable _token;
    uint128 internal immutable _bond;

    mapping(address account => uint256) internal _owed;

    constructor(IERC20 token_, uint128 bond_) {
        if (bond_ == 0) revert BondMissing();
        _token = token_;
        _bond = bond_;
    }

    /// @inheritdoc IBonds
    function collect() external returns (uint256 amount) {
        amount = _owed[msg.sender];
        if (amount == 0) revert NothingToCollect(msg.sender);
        _owed[msg.sender] = 0;
        emit Collected(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IBonds
    function owed(address account) external view returns (uint256) {
        return _owed[account];
    }

    /// @inheritdoc IBonds
    function bond() external view returns (uint128) {
        return _bond;
    }

    /// @dev Measured, like every transfer in: a token that takes fees is refused.
    function _takeBond() internal {
        uint256 expected = _token.balanceOf(address(this)) + _bond;
        _token.safeTransferFrom(msg.sender, address(this), _bond);
        uint256 seen = _token.balanceOf(address(this));
        if (seen != expected) revert BondInexact(expected, seen);
    }
}
