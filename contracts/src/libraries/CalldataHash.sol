// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Credit, Debit, RequestPayment} from "../types/Batch.sol";

/// @title keccak256(abi.encode(array)) of the arrays of a batch, without decoding and encoding every member.
/// @dev Arrays of static structs lie in calldata as ABI encoding wants them. Members with bits beyond their types make
/// another hash than any signed one, or fail when they are read.
library CalldataHash {
    function ofDebits(Debit[] calldata debits) internal pure returns (bytes32) {
        uint256 offset;
        assembly ("memory-safe") {
            offset := debits.offset
        }
        return _hash(offset, debits.length, 4);
    }

    function ofRequests(RequestPayment[] calldata requests) internal pure returns (bytes32) {
        uint256 offset;
        assembly ("memory-safe") {
            offset := requests.offset
        }
        return _hash(offset, requests.length, 2);
    }

    function ofCredits(Credit[] calldata credits) internal pure returns (bytes32) {
        uint256 offset;
        assembly ("memory-safe") {
            offset := credits.offset
        }
        return _hash(offset, credits.length, 2);
    }

    function _hash(uint256 offset, uint256 length, uint256 words) private pure returns (bytes32 hash) {
        uint256 size = length * words * 32;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, 0x20)
            mstore(add(free, 0x20), length)
            calldatacopy(add(free, 0x40), offset, size)
            hash := keccak256(free, add(size, 0x40))
        }
    }
}
