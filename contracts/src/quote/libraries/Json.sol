// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Dates} from "./Dates.sol";
import {Span, Spans} from "./Spans.sol";

/// @title Reads JSON as Intel signs it: no white space between tokens, no escapes in strings, whole numbers.
/// @notice Everything else is refused, which keeps documents out and lets none in.
/// @dev Shape of reading: `for (bool more = enter(json, OBJECT); more; more = next(json, OBJECT_END))`. A document has
/// thousands of tokens, so the smallest steps are in assembly, which measured half as much. Each of them compares with the
/// end of the span before it believes what it read.
library Json {
    /// @notice Something else stands there than what has to; 0 for the end.
    error JsonUnexpected(uint256 seen, uint256 expected);
    error JsonNumberInvalid(uint256 value, uint256 max);
    error JsonHexInvalid(uint256 digits, uint256 expected);
    error JsonStringInvalid();

    uint256 internal constant OBJECT = 0x7b; // {
    uint256 internal constant OBJECT_END = 0x7d; // }
    uint256 internal constant ARRAY = 0x5b; // [
    uint256 internal constant ARRAY_END = 0x5d; // ]

    uint256 private constant QUOTE = 0x22;
    uint256 private constant COMMA = 0x2c;
    uint256 private constant COLON = 0x3a;
    uint256 private constant ZERO = 0x30;

    uint256 private constant LOW_BITS = 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;
    uint256 private constant QUOTES = 0x2222222222222222222222222222222222222222222222222222222222222222;
    uint256 private constant BACKSLASHES = 0x5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c;

    /// @notice Goes into an object or array; false, and behind it, if it is empty.
    function enter(Span memory json, uint256 open) internal pure returns (bool) {
        uint256 seen = _step(json);
        if (seen != open) revert JsonUnexpected(seen, open);
        // In ASCII each bracket is two characters before the one that closes it.
        if (_peek(json) != open + 2) return true;
        _step(json);
        return false;
    }

    /// @notice Goes to the next entry of an object or array; false, and behind it, if there is none.
    function next(Span memory json, uint256 close) internal pure returns (bool) {
        uint256 seen = _step(json);
        if (seen == COMMA) return true;
        if (seen != close) revert JsonUnexpected(seen, close);
        return false;
    }

    /// @notice What stands between the quotes of a string.
    function content(Span memory json) internal pure returns (Span memory inner) {
        (inner.start, inner.end) = _string(json);
    }

    /// @notice keccak256 of the key of an entry, whose value is next.
    function key(Span memory json) internal pure returns (bytes32 hash) {
        hash = text(json);
        uint256 seen = _step(json);
        if (seen != COLON) revert JsonUnexpected(seen, COLON);
    }

    /// @notice keccak256 of a string.
    function text(Span memory json) internal pure returns (bytes32 hash) {
        (uint256 start, uint256 end) = _string(json);
        assembly ("memory-safe") {
            hash := keccak256(start, sub(end, start))
        }
    }

    /// @notice A whole number up to `max`, which is below 2**32, of ten digits at most.
    function number(Span memory json, uint256 max) internal pure returns (uint256 value) {
        uint256 digits;
        assembly ("memory-safe") {
            let start := mload(json)
            let word := mload(start)
            for {} lt(digits, 10) { digits := add(digits, 1) } {
                let digit := sub(byte(digits, word), 0x30)
                if gt(digit, 9) { break }
                value := add(mul(value, 10), digit)
            }
            start := add(start, digits)
            mstore(json, start)
            // Digits behind the end are none.
            if gt(start, mload(add(json, 0x20))) { digits := 0 }
        }
        if (digits == 0) revert JsonUnexpected(_peek(json), ZERO);
        if (value > max) revert JsonNumberInvalid(value, max);
    }

    /// @notice A string of `size` bytes in hexadecimal digits of either case.
    function hexadecimal(Span memory json, uint256 size) internal pure returns (bytes memory) {
        return decode(content(json), size);
    }

    /// @notice `size` bytes out of as many pairs of hexadecimal digits of either case.
    function decode(Span memory digits, uint256 size) internal pure returns (bytes memory data) {
        if (Spans.size(digits) != 2 * size) revert JsonHexInvalid(Spans.size(digits), 2 * size);
        data = new bytes(size);
        uint256 start = digits.start;
        unchecked {
            for (uint256 i = 0; i < size; i++) {
                uint256 pair = Spans.wordAt(start + 2 * i) >> 240;
                uint256 value = _nibble(pair >> 8) << 4 | _nibble(pair & 0xff);
                assembly ("memory-safe") {
                    mstore8(add(add(data, 0x20), i), value)
                }
            }
        }
    }

    function time(Span memory json) internal pure returns (uint64) {
        return Dates.fromIso(Spans.copy(content(json)));
    }

    /// @notice Goes behind a value of an entry, whatever it is.
    function skip(Span memory json) internal pure {
        uint256 depth = 0;
        unchecked {
            while (true) {
                uint256 seen = _peek(json);
                if (seen == QUOTE) {
                    _string(json);
                    continue;
                }
                if (seen == COMMA || seen == OBJECT_END || seen == ARRAY_END) {
                    if (depth == 0) return;
                    if (seen != COMMA) depth--;
                } else if (seen == OBJECT || seen == ARRAY) {
                    depth++;
                } else if (seen == 0) {
                    revert JsonUnexpected(0, COMMA);
                }
                _step(json);
            }
        }
    }

    function requireEnd(Span memory json) internal pure {
        if (!Spans.isAtEnd(json)) revert JsonUnexpected(_peek(json), 0);
    }

    /// @dev Looks for the closing quote in 32 bytes at once, and goes behind it.
    function _string(Span memory json) private pure returns (uint256 start, uint256 end) {
        bool valid;
        assembly ("memory-safe") {
            // The highest bit of each byte of `word` that is zero. No byte carries into another one.
            function zeroes(word) -> bits {
                bits := not(or(or(add(and(word, LOW_BITS), LOW_BITS), word), LOW_BITS))
            }
            let limit := mload(add(json, 0x20))
            start := mload(json)
            if and(lt(start, limit), eq(shr(248, mload(start)), QUOTE)) {
                start := add(start, 1)
                for { end := start } lt(end, limit) { end := add(end, 0x20) } {
                    let word := mload(end)
                    let quotes := zeroes(xor(word, QUOTES))
                    // A backslash after the first quote, or behind the document, is none of this string.
                    if gt(zeroes(xor(word, BACKSLASHES)), quotes) { break }
                    if quotes {
                        end := add(end, shr(3, clz(quotes)))
                        valid := lt(end, limit)
                        mstore(json, add(end, 1))
                        break
                    }
                }
            }
        }
        if (!valid) revert JsonStringInvalid();
    }

    function _isDigit(uint256 character) private pure returns (bool) {
        return character >= ZERO && character <= 0x39;
    }

    function _nibble(uint256 digit) private pure returns (uint256) {
        unchecked {
            if (_isDigit(digit)) return digit - ZERO;
            digit |= 0x20; // to lower case
            if (digit >= 0x61 && digit <= 0x66) return digit - 0x57;
        }
        revert JsonHexInvalid(digit, 0);
    }

    /// @dev The next character; 0, which no token has, at the end.
    function _peek(Span memory json) private pure returns (uint256 seen) {
        assembly ("memory-safe") {
            let start := mload(json)
            seen := mul(lt(start, mload(add(json, 0x20))), byte(0, mload(start)))
        }
    }

    /// @dev The next character, and goes behind it. At the end it is 0, which nobody goes on from.
    function _step(Span memory json) private pure returns (uint256 seen) {
        assembly ("memory-safe") {
            let start := mload(json)
            seen := mul(lt(start, mload(add(json, 0x20))), byte(0, mload(start)))
            mstore(json, add(start, 1))
        }
    }
}
