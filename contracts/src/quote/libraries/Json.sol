// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Dates} from "./Dates.sol";
import {Span, Spans} from "./Spans.sol";

/// @title Reads JSON as Intel signs it: no white space between tokens, no escapes in strings, whole numbers.
/// @notice Everything else is refused, which keeps documents out and lets none in. Keys may come in any order.
/// @dev Shape of reading: `for (bool more = enter(json, "{"); more; more = next(json, "}"))`.
library Json {
    /// @notice Something else stands there than what has to.
    error JsonUnexpected(bytes1 seen, bytes1 expected);
    error JsonTruncated();
    error JsonNumberInvalid(uint256 value, uint256 max);
    error JsonHexInvalid(uint256 digits, uint256 expected);
    error JsonStringInvalid();

    bytes1 private constant QUOTE = '"';

    uint256 private constant LOW_BITS = 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;
    uint256 private constant QUOTES = 0x2222222222222222222222222222222222222222222222222222222222222222;
    uint256 private constant BACKSLASHES = 0x5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c;

    /// @notice Goes into an object or array; false, and behind it, if it is empty.
    function enter(Span memory json, bytes1 open) internal pure returns (bool) {
        _take(json, open);
        if (_peek(json) != (open == "{" ? bytes1("}") : bytes1("]"))) return true;
        json.start++;
        return false;
    }

    /// @notice Goes to the next entry of an object or array; false, and behind it, if there is none.
    function next(Span memory json, bytes1 close) internal pure returns (bool) {
        if (_peek(json) == close) {
            json.start++;
            return false;
        }
        _take(json, ",");
        return true;
    }

    /// @notice What stands between the quotes of a string.
    /// @dev Looks for the closing quote in 32 bytes at once.
    function content(Span memory json) internal pure returns (Span memory inner) {
        _take(json, QUOTE);
        inner.start = json.start;
        uint256 start = json.start;
        while (start < json.end) {
            uint256 word = Spans.wordAt(start);
            uint256 quotes = _zeroes(word ^ QUOTES);
            // A backslash after the first quote, or behind the document, is none of this string.
            if (_zeroes(word ^ BACKSLASHES) > quotes) revert JsonStringInvalid();
            if (quotes != 0) {
                uint256 offset;
                assembly ("memory-safe") {
                    offset := shr(3, clz(quotes))
                }
                inner.end = start + offset;
                if (inner.end >= json.end) revert JsonTruncated();
                json.start = inner.end + 1;
                return inner;
            }
            start += 32;
        }
        revert JsonTruncated();
    }

    /// @notice keccak256 of the key of an entry, whose value is next.
    function key(Span memory json) internal pure returns (bytes32 hash) {
        hash = text(json);
        _take(json, ":");
    }

    /// @notice keccak256 of a string.
    function text(Span memory json) internal pure returns (bytes32) {
        return Spans.hash(content(json));
    }

    function number(Span memory json, uint256 max) internal pure returns (uint256 value) {
        uint256 start = json.start;
        while (true) {
            bytes1 digit = _peek(json);
            if (digit < "0" || digit > "9") break;
            value = value * 10 + uint8(digit) - 48;
            if (value > max) revert JsonNumberInvalid(value, max);
            json.start++;
        }
        if (json.start == start) revert JsonUnexpected(_peek(json), "0");
    }

    /// @notice A string of `size` bytes in hexadecimal digits of either case.
    function hexadecimal(Span memory json, uint256 size) internal pure returns (bytes memory) {
        return decode(content(json), size);
    }

    /// @notice `size` bytes out of as many pairs of hexadecimal digits of either case.
    function decode(Span memory digits, uint256 size) internal pure returns (bytes memory data) {
        if (Spans.size(digits) != 2 * size) revert JsonHexInvalid(Spans.size(digits), 2 * size);
        data = new bytes(size);
        for (uint256 i = 0; i < size; i++) {
            uint256 pair = Spans.wordAt(digits.start + 2 * i) >> 240;
            data[i] = bytes1(uint8((_nibble(pair >> 8) << 4) | _nibble(pair & 0xff)));
        }
    }

    function time(Span memory json) internal pure returns (uint64) {
        return Dates.fromIso(Spans.copy(content(json)));
    }

    /// @notice Goes behind a value of an entry, whatever it is.
    function skip(Span memory json) internal pure {
        uint256 depth = 0;
        while (true) {
            bytes1 seen = _peek(json);
            if (seen == QUOTE) {
                content(json);
                continue;
            }
            if (seen == "," || seen == "}" || seen == "]") {
                if (depth == 0) return;
                if (seen != ",") depth--;
            } else if (seen == "{" || seen == "[") {
                depth++;
            }
            json.start++;
        }
    }

    function requireEnd(Span memory json) internal pure {
        if (!Spans.isAtEnd(json)) revert JsonUnexpected(_peek(json), 0);
    }

    /// @dev The highest bit of each byte of `word` that is zero. No byte carries into another one.
    function _zeroes(uint256 word) private pure returns (uint256) {
        return ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
    }

    function _nibble(uint256 digit) private pure returns (uint256) {
        if (digit >= 48 && digit <= 57) return digit - 48;
        digit |= 0x20; // to lower case
        if (digit >= 97 && digit <= 102) return digit - 87;
        revert JsonHexInvalid(digit, 0);
    }

    function _take(Span memory json, bytes1 expected) private pure {
        bytes1 seen = _peek(json);
        if (seen != expected) revert JsonUnexpected(seen, expected);
        json.start++;
    }

    function _peek(Span memory json) private pure returns (bytes1) {
        if (Spans.isAtEnd(json)) revert JsonTruncated();
        return bytes1(bytes32(Spans.wordAt(json.start)));
    }
}
