// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Span, Spans} from "./Spans.sol";

/// @title Reads ASN.1 in DER, element by element.
/// @dev Each `take` moves the span behind the element. Lengths above 65,535 do not occur in what Intel issues.
library Der {
    /// @notice An element of another kind stands there; tag 0 if nothing does.
    error DerTagUnexpected(uint256 tag, uint256 expected);
    /// @notice A length that is not in its shortest form, or reaches beyond what it is in.
    error DerLengthInvalid(uint256 length);
    /// @notice Something follows where nothing may.
    error DerNotAtEnd(uint256 bytesLeft);
    /// @notice A number that is negative, padded, or larger than 32 bytes; or an OID of more than 31.
    error DerValueInvalid(uint256 tag);

    uint256 internal constant BOOLEAN = 0x01;
    uint256 internal constant INTEGER = 0x02;
    uint256 internal constant BIT_STRING = 0x03;
    uint256 internal constant OCTET_STRING = 0x04;
    uint256 internal constant OID = 0x06;
    uint256 internal constant ENUMERATED = 0x0a;
    uint256 internal constant UTC_TIME = 0x17;
    uint256 internal constant GENERALIZED_TIME = 0x18;
    uint256 internal constant SEQUENCE = 0x30;
    uint256 internal constant SET = 0x31;

    /// @notice The tag of the next element, 0 at the end.
    function tag(Span memory span) internal pure returns (uint256) {
        return Spans.isAtEnd(span) ? 0 : Spans.wordAt(span.start) >> 248;
    }

    /// @notice The content of the next element, which has to have this tag.
    function take(Span memory span, uint256 expected) internal pure returns (Span memory content) {
        (content.start, content.end) = _next(span, expected);
    }

    function skip(Span memory span, uint256 expected) internal pure {
        _next(span, expected);
    }

    function requireEnd(Span memory span) internal pure {
        if (!Spans.isAtEnd(span)) revert DerNotAtEnd(Spans.size(span));
    }

    /// @notice An OID as its bytes, left aligned, with their count in the last byte.
    function oid(Span memory span) internal pure returns (bytes32) {
        (uint256 start, uint256 end) = _next(span, OID);
        uint256 length = end - start;
        if (length == 0 || length > 31) revert DerValueInvalid(OID);
        uint256 unused = 256 - 8 * length;
        return bytes32(((Spans.wordAt(start) >> unused) << unused) | length);
    }

    /// @notice An INTEGER or ENUMERATED that is not negative and fits into 32 bytes.
    function unsigned(Span memory span, uint256 expected) internal pure returns (uint256 value) {
        (uint256 start, uint256 end) = _next(span, expected);
        uint256 length = end - start;
        if (length == 0) revert DerValueInvalid(expected);
        uint256 first = Spans.wordAt(start) >> 248;
        if (first == 0 && length > 1) {
            // The zero keeps a number positive whose next bit is on, and stands nowhere else.
            start++;
            length--;
            first = Spans.wordAt(start) >> 248;
            if (first < 0x80) revert DerValueInvalid(expected);
        } else if (first >= 0x80) {
            revert DerValueInvalid(expected);
        }
        if (length > 32) revert DerValueInvalid(expected);
        return Spans.wordAt(start) >> (256 - 8 * length);
    }

    function _next(Span memory span, uint256 expected) private pure returns (uint256 start, uint256 end) {
        uint256 seen = tag(span);
        if (seen != expected) revert DerTagUnexpected(seen, expected);
        uint256 head = Spans.wordAt(span.start);
        uint256 length = (head >> 240) & 0xff;
        start = span.start + 2;
        if (length == 0x81) {
            length = (head >> 232) & 0xff;
            if (length < 0x80) revert DerLengthInvalid(length);
            start += 1;
        } else if (length == 0x82) {
            length = (head >> 224) & 0xffff;
            if (length < 0x100) revert DerLengthInvalid(length);
            start += 2;
        } else if (length >= 0x80) {
            revert DerLengthInvalid(length);
        }
        end = start + length;
        if (end > span.end) revert DerLengthInvalid(length);
        span.start = end;
    }
}
