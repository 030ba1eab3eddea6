// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title How long what a later owner adds to a service or data set waits before orders may name it.
library ListingDelay {
    error ListingDelayTooLong(uint64 listingDelay, uint64 max);

    /// @dev Longer, and a buyer could not mend what she bought in a time that its users can wait.
    uint64 internal constant MAX = 30 days;

    function checked(uint64 listingDelay) internal pure returns (uint64) {
        if (listingDelay > MAX) revert ListingDelayTooLong(listingDelay, MAX);
        return listingDelay;
    }
}
