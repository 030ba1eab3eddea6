// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Bonds of those who ask, and what everybody is owed.
/// @notice Whoever asks a dispatcher to justify itself posts a bond worth the gas of the longest answer; it goes to who
/// answers, or back. What anybody is owed she collects herself, so that nobody who cannot receive stands in the way.
interface IBonds {
    event Collected(address indexed account, uint256 amount);

    error BondMissing();
    error BondInexact(uint256 expected, uint256 seen);
    error NothingToCollect(address account);

    /// @notice Pays out what the caller is owed here.
    function collect() external returns (uint256 amount);

    /// @notice What an account is owed here.
    function owed(address account) external view returns (uint256);

    /// @notice What each question costs until it is decided.
    function bond() external view returns (uint128);
}
