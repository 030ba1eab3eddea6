// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice A part of memory that is read from its start to its end.
struct Span {
    uint256 start; // address in memory of the next byte
    uint256 end; // address behind the last one
}

/// @title Parts of memory: what parsers hand to each other instead of copies.
/// @dev A span is only ever made of bytes in memory, and nothing here frees memory, so it stays what it was.
library Spans {
    function over(bytes memory data) internal pure returns (Span memory span) {
        uint256 start;
        assembly ("memory-safe") {
            start := add(data, 0x20)
        }
        return Span({start: start, end: start + data.length});
    }

    function isAtEnd(Span memory span) internal pure returns (bool) {
        return span.start == span.end;
    }

    function size(Span memory span) internal pure returns (uint256) {
        unchecked {
            return span.end - span.start; // A span ends where it starts or later.
        }
    }

    /// @notice The 32 bytes from `at` on, whether they are of a span or behind it.
    function wordAt(uint256 start) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(start)
        }
    }

    function hash(Span memory span) internal pure returns (bytes32 digest) {
        uint256 start = span.start;
        uint256 length = size(span);
        assembly ("memory-safe") {
            digest := keccak256(start, length)
        }
    }

    function copy(Span memory span) internal pure returns (bytes memory data) {
        uint256 start = span.start;
        data = new bytes(size(span));
        assembly ("memory-safe") {
            mcopy(add(data, 0x20), start, mload(data))
        }
    }
}
