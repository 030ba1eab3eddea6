// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Bytes that never change, kept as the code of an account.
/// @notice Storage costs 22,100 gas for each 32 bytes written and 2,100 for each read; code 6,400 and 2,600 for all of it.
/// @dev The first byte of the code stops whoever calls the account.
library CodeStorage {
    error CodeTooLarge(uint256 size, uint256 max);

    /// @dev EIP-170, less the byte in front.
    uint256 internal constant SIZE_MAX = 24_575;

    function write(bytes memory data) internal returns (address account) {
        if (data.length > SIZE_MAX) revert CodeTooLarge(data.length, SIZE_MAX);
        // PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN, then what it returns.
        bytes memory creation = abi.encodePacked(hex"61", uint16(data.length + 1), hex"80600a3d393df300", data);
        assembly ("memory-safe") {
            account := create(0, add(creation, 0x20), mload(creation))
        }
        // Nothing but too little gas is left as a reason, and then the rest of the call must not go on without the data.
        assert(account != address(0));
    }

    function read(address account) internal view returns (bytes memory data) {
        data = new bytes(account.code.length - 1);
        assembly ("memory-safe") {
            extcodecopy(account, add(data, 0x20), 1, mload(data))
        }
    }
}
