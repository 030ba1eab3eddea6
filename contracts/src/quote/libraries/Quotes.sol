// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Tee} from "../../types/Tcb.sol";
import {P256Key, P256Signature} from "./P256Signature.sol";

/// @notice Where things stand in a quote, and what is short; offsets from its first byte.
struct Quote {
    Tee tee;
    uint256 body; // the report of the enclave or trust domain
    uint256 bodySize;
    P256Signature signature; // by the attestation key, over everything before the signature data
    P256Key attestationKey;
    uint256 signedSize;
    uint256 qeReport;
    P256Signature qeSignature; // by the platform's PCK key, over the report of the quoting enclave
    uint256 authentication; // bound by the quoting enclave together with the attestation key
    uint256 authenticationSize;
    uint256 certification; // the PCK chain in PEM
    uint256 certificationSize;
}

/// @title Takes quotes of versions 3, 4 and 5 apart. Integers are little-endian, lengths are anybody's claim.
/// @dev Intel SGX and TDX DCAP quoting library, appendix A.3 and A.4. The rules are those of the Java verifier.
library Quotes {
    error QuoteTruncated(uint256 offset, uint256 wanted, uint256 length);
    error QuoteVersionUnsupported(uint256 version, uint256 keyType, uint256 teeType);
    error QuoteVendorUnknown(bytes16 vendor);
    error QuoteBodyInvalid(uint256 bodyType, uint256 size);
    error QuoteSizesDisagree(uint256 offset, uint256 expected);
    /// @notice Only type 5, a PCK chain in PEM, can be verified, from version 4 on inside of type 6.
    error CertificationDataUnsupported(uint256 dataType);

    uint256 internal constant SGX_SIZE = 384;
    uint256 internal constant TD_SIZE = 584;
    uint256 internal constant TD_15_SIZE = 648;

    uint256 private constant HEADER_SIZE = 48;
    uint256 private constant ECDSA_P256 = 2;
    uint256 private constant TDX_TYPE = 0x81;
    bytes16 private constant INTEL = 0x939a7233f79c4ca9940a0db3957f0607;
    uint256 private constant PCK_CHAIN = 5;
    uint256 private constant QE_PART = 6;

    function parse(bytes calldata data) internal pure returns (Quote memory quote) {
        _require(data, 0, HEADER_SIZE);
        uint256 version = u16(data, 0);
        _readHeader(data, quote, version);
        _readBody(data, quote, version);
        uint256 offset = quote.body + quote.bodySize;
        _require(data, offset, 4);
        quote.signedSize = offset;
        uint256 end = offset + 4 + _u32(data, offset);
        // What follows the signature data is padding, which no signature covers and nobody looks at.
        if (end > data.length) revert QuoteTruncated(offset, end - offset, data.length);
        _readSignature(data[:end], quote, offset + 4, version);
    }

    /// @dev The caller knows that the bytes are there.
    function u16(bytes calldata data, uint256 offset) internal pure returns (uint256) {
        return uint256(uint8(data[offset])) | uint256(uint8(data[offset + 1])) << 8;
    }

    function word(bytes calldata data, uint256 offset) internal pure returns (bytes32) {
        return bytes32(data[offset:offset + 32]);
    }

    function _readHeader(bytes calldata data, Quote memory quote, uint256 version) private pure {
        uint256 keyType = u16(data, 2);
        uint256 teeType = _u32(data, 4);
        // Version 3 has zeros where the later ones name the TEE, and is of SGX alone.
        bool known = teeType == 0 || (teeType == TDX_TYPE && version > 3);
        if (version < 3 || version > 5 || keyType != ECDSA_P256 || !known) {
            revert QuoteVersionUnsupported(version, keyType, teeType);
        }
        quote.tee = teeType == 0 ? Tee.Sgx : Tee.Tdx;
        bytes16 vendor = bytes16(data[12:28]);
        if (vendor != INTEL) revert QuoteVendorUnknown(vendor);
    }

    function _readBody(bytes calldata data, Quote memory quote, uint256 version) private pure {
        quote.body = HEADER_SIZE;
        quote.bodySize = quote.tee == Tee.Sgx ? SGX_SIZE : TD_SIZE;
        if (version == 5) {
            _require(data, HEADER_SIZE, 6);
            uint256 bodyType = u16(data, HEADER_SIZE);
            uint256 size = _u32(data, HEADER_SIZE + 2);
            if (bodyType == 3) quote.bodySize = TD_15_SIZE;
            bool agrees = quote.tee == Tee.Sgx ? bodyType == 1 : bodyType == 2 || bodyType == 3;
            if (!agrees || size != quote.bodySize) revert QuoteBodyInvalid(bodyType, size);
            quote.body += 6;
        }
        _require(data, quote.body, quote.bodySize);
    }

    function _readSignature(bytes calldata data, Quote memory quote, uint256 offset, uint256 version) private pure {
        _require(data, offset, 128);
        quote.signature = P256Signature({r: word(data, offset), s: word(data, offset + 32)});
        quote.attestationKey = P256Key({x: word(data, offset + 64), y: word(data, offset + 96)});
        offset += 128;
        if (version > 3) offset = _certification(data, offset, QE_PART);
        _require(data, offset, SGX_SIZE + 66);
        quote.qeReport = offset;
        offset += SGX_SIZE;
        quote.qeSignature = P256Signature({r: word(data, offset), s: word(data, offset + 32)});
        quote.authenticationSize = u16(data, offset + 64);
        quote.authentication = offset + 66;
        _require(data, quote.authentication, quote.authenticationSize);
        quote.certification = _certification(data, quote.authentication + quote.authenticationSize, PCK_CHAIN);
        quote.certificationSize = data.length - quote.certification;
    }

    /// @dev Type and size of certification data that reaches to the end; returns where it begins.
    function _certification(bytes calldata data, uint256 offset, uint256 expected) private pure returns (uint256) {
        _require(data, offset, 6);
        uint256 dataType = u16(data, offset);
        if (dataType != expected) revert CertificationDataUnsupported(dataType);
        uint256 end = offset + 6 + _u32(data, offset + 2);
        if (end != data.length) revert QuoteSizesDisagree(end, data.length);
        return offset + 6;
    }

    function _u32(bytes calldata data, uint256 offset) private pure returns (uint256) {
        return u16(data, offset) | u16(data, offset + 2) << 16;
    }

    function _require(bytes calldata data, uint256 offset, uint256 size) private pure {
        if (offset + size > data.length) revert QuoteTruncated(offset, size, data.length);
    }
}
