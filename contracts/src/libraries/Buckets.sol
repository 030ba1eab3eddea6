// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Amounts of the current and of the previous period; what is older is final.
/// @dev Rolled over by whoever touches them next, so that time passing needs no transaction.
library Buckets {
    /// @param age how many periods ago the buckets were those of the current and the previous period
    function roll(uint256 newer, uint256 older, uint256 age)
        internal
        pure
        returns (uint256 newerNow, uint256 olderNow)
    {
        if (age == 0) return (newer, older);
        if (age == 1) return (0, newer);
        return (0, 0);
    }
}
