// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Dates} from "./Dates.sol";
import {Der} from "./Der.sol";
import {P256Key, P256Signature, P256Signatures} from "./P256Signature.sol";
import {Span, Spans} from "./Spans.sol";

/// @notice What a certificate of one of Intel's chains says.
struct Certificate {
    bytes32 signedHash; // SHA-256 of what the issuer signed
    P256Signature signature;
    P256Key key;
    bytes32 issuer; // keccak256 of the issuer's name in DER
    bytes32 subject; // keccak256 of the subject's name in DER
    bytes32 commonName; // keccak256 of the subject's common name
    uint160 serial;
    uint64 notBefore;
    uint64 notAfter; // inclusive
    bool isAuthority;
    uint8 keyUsage; // the first eight bits as in the certificate: digitalSignature is the highest
    Span platform; // the extension that describes an SGX platform; empty if there is none
}

/// @title Reads X.509 certificates of ECDSA P-256 with SHA-256, as far as Intel's chains need it, and refuses all others.
library Certificates {
    error CertificateUnsupported(string what);
    error CertificateNotSignedBy(uint160 serial, bytes32 issuer);
    error CertificateNotOfAuthority(uint160 serial);
    error CertificateNotOfSigner(uint160 serial);

    // The last byte of an OID is its length, see Der.oid.
    bytes32 private constant COMMON_NAME = bytes32(hex"550403") | bytes32(uint256(3));
    bytes32 private constant KEY_USAGE = bytes32(hex"551d0f") | bytes32(uint256(3));
    bytes32 private constant BASIC_CONSTRAINTS = bytes32(hex"551d13") | bytes32(uint256(3));
    bytes32 private constant SGX_PLATFORM = bytes32(hex"2a864886f84d010d01") | bytes32(uint256(9));

    /// @dev SEQUENCE content of the algorithm ecdsa-with-SHA256.
    bytes32 private constant ECDSA_SHA256 = keccak256(hex"06082a8648ce3d040302");
    /// @dev SEQUENCE content of the key type id-ecPublicKey on prime256v1.
    bytes32 private constant P256_KEY = keccak256(hex"06072a8648ce3d020106082a8648ce3d030107");

    uint256 private constant VERSION_TAG = 0xa0;
    uint256 private constant EXTENSIONS_TAG = 0xa3;
    uint8 private constant DIGITAL_SIGNATURE = 0x80;
    uint8 private constant CERTIFICATES_AND_CRLS = 0x06;

    function parse(bytes memory der) internal view returns (Certificate memory certificate) {
        Span memory all = Spans.over(der);
        Span memory outer = Der.take(all, Der.SEQUENCE);
        Der.requireEnd(all);
        Span memory body;
        (body, certificate.signedHash, certificate.signature) = signed(outer);

        Span memory version = Der.take(body, VERSION_TAG);
        if (Der.unsigned(version, Der.INTEGER) != 2) revert CertificateUnsupported("version");
        Der.requireEnd(version);
        certificate.serial = serialOf(body);
        requireAlgorithm(body);
        certificate.issuer = Spans.hash(Der.take(body, Der.SEQUENCE));
        Span memory validity = Der.take(body, Der.SEQUENCE);
        certificate.notBefore = timeOf(validity);
        certificate.notAfter = timeOf(validity);
        Der.requireEnd(validity);
        Span memory subject = Der.take(body, Der.SEQUENCE);
        certificate.subject = Spans.hash(subject);
        certificate.commonName = _commonName(subject);
        certificate.key = _key(Der.take(body, Der.SEQUENCE));
        _readExtensions(certificate, Der.take(body, EXTENSIONS_TAG));
        Der.requireEnd(body);
    }

    /// @notice That a certificate names this issuer, and its key signed it.
    function requireIssued(Certificate memory certificate, bytes32 issuer, P256Key memory key) internal view {
        if (certificate.issuer != issuer || !P256Signatures.isOf(certificate.signature, certificate.signedHash, key)) {
            revert CertificateNotSignedBy(certificate.serial, issuer);
        }
    }

    /// @notice That a certificate may issue others and revoke them.
    function requireAuthority(Certificate memory certificate) internal pure {
        if (!certificate.isAuthority || certificate.keyUsage & CERTIFICATES_AND_CRLS != CERTIFICATES_AND_CRLS) {
            revert CertificateNotOfAuthority(certificate.serial);
        }
    }

    /// @notice That a certificate's key signs documents and no certificates.
    function requireSigner(Certificate memory certificate) internal pure {
        if (certificate.isAuthority || certificate.keyUsage & DIGITAL_SIGNATURE == 0) {
            revert CertificateNotOfSigner(certificate.serial);
        }
    }

    /// @notice Takes apart what certificates and revocation lists have in common: body, algorithm, signature.
    function signed(Span memory outer)
        internal
        view
        returns (Span memory body, bytes32 hash, P256Signature memory signature)
    {
        uint256 start = outer.start;
        body = Der.take(outer, Der.SEQUENCE);
        hash = _sha256(start, outer.start);
        requireAlgorithm(outer);
        Span memory bits = _bits(outer);
        Span memory pair = Der.take(bits, Der.SEQUENCE);
        Der.requireEnd(bits);
        signature.r = bytes32(Der.unsigned(pair, Der.INTEGER));
        signature.s = bytes32(Der.unsigned(pair, Der.INTEGER));
        Der.requireEnd(pair);
        Der.requireEnd(outer);
    }

    function requireAlgorithm(Span memory span) internal pure {
        if (Spans.hash(Der.take(span, Der.SEQUENCE)) != ECDSA_SHA256) revert CertificateUnsupported("algorithm");
    }

    function serialOf(Span memory span) internal pure returns (uint160) {
        uint256 serial = Der.unsigned(span, Der.INTEGER);
        if (serial > type(uint160).max) revert CertificateUnsupported("serial number");
        return uint160(serial);
    }

    function timeOf(Span memory span) internal pure returns (uint64) {
        uint256 kind = Der.tag(span);
        if (kind != Der.UTC_TIME && kind != Der.GENERALIZED_TIME) revert CertificateUnsupported("time");
        return Dates.fromDer(Spans.copy(Der.take(span, kind)));
    }

    /// @notice One extension of a list: its OID, whether it is critical, and its value.
    function extension(Span memory list) internal pure returns (bytes32 oid, bool critical, Span memory value) {
        Span memory entry = Der.take(list, Der.SEQUENCE);
        oid = Der.oid(entry);
        if (Der.tag(entry) == Der.BOOLEAN) critical = _boolean(entry);
        value = Der.take(entry, Der.OCTET_STRING);
        Der.requireEnd(entry);
    }

    function _readExtensions(Certificate memory certificate, Span memory wrapped) private pure {
        Span memory list = Der.take(wrapped, Der.SEQUENCE);
        Der.requireEnd(wrapped);
        uint256 seen;
        while (!Spans.isAtEnd(list)) {
            (bytes32 oid, bool critical, Span memory value) = extension(list);
            uint256 bit;
            if (oid == BASIC_CONSTRAINTS) {
                bit = 1;
                certificate.isAuthority = _isAuthority(value);
            } else if (oid == KEY_USAGE) {
                bit = 2;
                certificate.keyUsage = _keyUsage(value);
            } else if (oid == SGX_PLATFORM) {
                bit = 4;
                certificate.platform = value;
            } else if (critical) {
                revert CertificateUnsupported("critical extension");
            }
            if (seen & bit != 0) revert CertificateUnsupported("extension twice");
            seen |= bit;
        }
    }

    function _isAuthority(Span memory value) private pure returns (bool isAuthority) {
        Span memory constraints = Der.take(value, Der.SEQUENCE);
        Der.requireEnd(value);
        if (Der.tag(constraints) == Der.BOOLEAN) isAuthority = _boolean(constraints);
        // How many authorities may follow: chains of one fixed shape are longer nowhere.
        if (Der.tag(constraints) == Der.INTEGER) Der.skip(constraints, Der.INTEGER);
        Der.requireEnd(constraints);
    }

    function _keyUsage(Span memory value) private pure returns (uint8) {
        Span memory bits = Der.take(value, Der.BIT_STRING);
        Der.requireEnd(value);
        if (Spans.size(bits) < 2) revert CertificateUnsupported("key usage");
        return uint8(Spans.wordAt(bits.start) >> 240); // The first byte counts the unused bits.
    }

    function _commonName(Span memory name) private pure returns (bytes32 hash) {
        Span memory rest = Span({start: name.start, end: name.end});
        while (!Spans.isAtEnd(rest)) {
            Span memory set = Der.take(rest, Der.SET);
            Span memory pair = Der.take(set, Der.SEQUENCE);
            Der.requireEnd(set);
            bytes32 oid = Der.oid(pair);
            bytes32 value = Spans.hash(Der.take(pair, Der.tag(pair)));
            Der.requireEnd(pair);
            if (oid == COMMON_NAME) {
                if (hash != 0) revert CertificateUnsupported("second common name");
                hash = value;
            }
        }
    }

    function _key(Span memory info) private pure returns (P256Key memory) {
        if (Spans.hash(Der.take(info, Der.SEQUENCE)) != P256_KEY) revert CertificateUnsupported("key type");
        Span memory point = _bits(info);
        Der.requireEnd(info);
        if (Spans.size(point) != 65 || Spans.wordAt(point.start) >> 248 != 4) revert CertificateUnsupported("key");
        return P256Key({x: bytes32(Spans.wordAt(point.start + 1)), y: bytes32(Spans.wordAt(point.start + 33))});
    }

    /// @dev A BIT STRING of whole bytes.
    function _bits(Span memory span) private pure returns (Span memory bits) {
        bits = Der.take(span, Der.BIT_STRING);
        if (Spans.isAtEnd(bits) || Spans.wordAt(bits.start) >> 248 != 0) revert CertificateUnsupported("bit string");
        bits.start++;
    }

    function _boolean(Span memory span) private pure returns (bool) {
        Span memory value = Der.take(span, Der.BOOLEAN);
        // DER leaves out what is the default, and both defaults here are false.
        if (Spans.size(value) != 1 || Spans.wordAt(value.start) >> 248 != 0xff) {
            revert CertificateUnsupported("boolean");
        }
        return true;
    }

    /// @dev By the precompile, on memory as it stands.
    function _sha256(uint256 start, uint256 end) private view returns (bytes32 hash) {
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), 2, start, sub(end, start), 0, 0x20)
            hash := mload(0)
        }
        assert(done); // It fails without gas only.
    }
}
