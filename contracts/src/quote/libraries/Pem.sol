// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

/// @title Certificates in PEM, as quotes and Intel's service carry them: lines of 64 characters, ended by a line feed.
library Pem {
    error PemMalformed(uint256 start);

    bytes27 private constant BEGIN = "-----BEGIN CERTIFICATE-----";
    bytes25 private constant END = "-----END CERTIFICATE-----";
    uint256 private constant LINE = 64;

    /// @notice The first certificate in DER, and the text behind it. Zero bytes at the end, which quoting libraries leave
    /// there, are cut off.
    function split(bytes memory pem) internal pure returns (bytes memory certificate, bytes memory rest) {
        uint256 end = pem.length;
        while (end > 0 && pem[end - 1] == 0) end--;
        uint256 start;
        (certificate, start) = _certificate(pem, 0);
        rest = new bytes(end - start); // A certificate ends with no zero byte.
        assembly ("memory-safe") {
            mcopy(add(rest, 0x20), add(add(pem, 0x20), start), mload(rest))
        }
    }

    /// @notice Exactly two certificates in DER.
    function pair(bytes memory pem) internal pure returns (bytes memory first, bytes memory second) {
        bytes memory rest;
        (first, rest) = split(pem);
        (second, rest) = split(rest);
        if (rest.length != 0) revert PemMalformed(pem.length - rest.length);
    }

    function _certificate(bytes memory pem, uint256 start) private pure returns (bytes memory der, uint256 next) {
        if (start + 28 > pem.length || bytes27(_word(pem, start)) != BEGIN || pem[start + 27] != "\n") {
            revert PemMalformed(start);
        }
        start += 28;
        bytes memory text = new bytes(pem.length);
        uint256 size;
        while (start < pem.length && pem[start] != "-") {
            uint256 length = LINE;
            if (start + LINE >= pem.length || pem[start + LINE] != "\n") {
                for (length = 0; start + length < pem.length && pem[start + length] != "\n";) {
                    length++;
                }
            }
            if (length == 0 || length > LINE || size % LINE != 0) revert PemMalformed(start);
            assembly ("memory-safe") {
                mcopy(add(add(text, 0x20), size), add(add(pem, 0x20), start), length)
            }
            size += length;
            start += length + 1;
        }
        if (start + 25 > pem.length || bytes25(_word(pem, start)) != END || size % 4 != 0) revert PemMalformed(start);
        start += 25;
        // The line feed behind the last one is missing in some quotes.
        if (start < pem.length && pem[start] == "\n") start++;
        assembly ("memory-safe") {
            mstore(text, size)
        }
        return (Base64.decode(string(text)), start);
    }

    function _word(bytes memory data, uint256 start) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), start))
        }
    }
}
