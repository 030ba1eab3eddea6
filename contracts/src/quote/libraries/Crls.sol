// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Certificates} from "./Certificates.sol";
import {Der} from "./Der.sol";
import {P256Signature} from "./P256Signature.sol";
import {Span, Spans} from "./Spans.sol";

/// @notice A revocation list as it is read.
struct Crl {
    bytes32 signedHash; // SHA-256 of what the issuer signed
    P256Signature signature;
    bytes32 issuer; // keccak256 of the issuer's name in DER
    uint64 thisUpdate;
    uint64 nextUpdate; // inclusive
    bytes serials; // of what is revoked, 20 bytes each
}

/// @title Reads whole X.509 revocation lists, version 2.
library Crls {
    /// @notice A list of changes, of some certificates only, or with another critical extension.
    error CrlUnsupported();

    uint256 internal constant SERIAL_SIZE = 20;
    uint256 private constant EXTENSIONS_TAG = 0xa0;
    bytes32 private constant DELTA = bytes32(hex"551d1b") | bytes32(uint256(3));

    function parse(bytes memory der) internal view returns (Crl memory crl) {
        Span memory all = Spans.over(der);
        Span memory outer = Der.take(all, Der.SEQUENCE);
        Der.requireEnd(all);
        Span memory body;
        (body, crl.signedHash, crl.signature) = Certificates.signed(outer);
        if (Der.unsigned(body, Der.INTEGER) != 1) revert Certificates.CertificateUnsupported("version");
        Certificates.requireAlgorithm(body);
        crl.issuer = Spans.hash(Der.take(body, Der.SEQUENCE));
        crl.thisUpdate = Certificates.timeOf(body);
        crl.nextUpdate = Certificates.timeOf(body);
        if (Der.tag(body) == Der.SEQUENCE) crl.serials = _serials(Der.take(body, Der.SEQUENCE));
        _requireWhole(Der.take(body, EXTENSIONS_TAG));
        Der.requireEnd(body);
    }

    /// @notice Whether `serials`, as in a list, has this one.
    function contains(bytes memory serials, uint160 serial) internal pure returns (bool found) {
        assembly ("memory-safe") {
            let start := add(serials, 0x20)
            for { let end := add(start, mload(serials)) } lt(start, end) { start := add(start, 20) } {
                if eq(shr(96, mload(start)), serial) {
                    found := true
                    break
                }
            }
        }
    }

    function _serials(Span memory list) private pure returns (bytes memory serials) {
        // An entry with its serial number and date is longer than the number alone, so this is enough.
        serials = new bytes(Spans.size(list) + 32);
        uint256 size;
        while (!Spans.isAtEnd(list)) {
            uint256 word = uint256(Certificates.serialOf(Der.take(list, Der.SEQUENCE))) << 96;
            assembly ("memory-safe") {
                mstore(add(add(serials, 0x20), size), word)
            }
            size += SERIAL_SIZE;
        }
        assembly ("memory-safe") {
            mstore(serials, size)
        }
    }

    /// @dev A list for some certificates only, or of changes only, would hide what is revoked elsewhere.
    function _requireWhole(Span memory wrapped) private pure {
        Span memory list = Der.take(wrapped, Der.SEQUENCE);
        Der.requireEnd(wrapped);
        while (!Spans.isAtEnd(list)) {
            (bytes32 oid, bool critical,) = Certificates.extension(list);
            if (critical || oid == DELTA) revert CrlUnsupported();
        }
    }
}
