// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Der} from "./Der.sol";
import {Span, Spans} from "./Spans.sol";

/// @notice What a PCK certificate says about its platform.
struct PckPlatform {
    bytes32 id; // keccak256 of the PPID, as the registry names platforms
    bytes16 components; // the SVNs of its 16 TCB components
    uint16 pceSvn;
    bytes2 pceId;
    bytes6 fmspc;
}

/// @title The extension 1.2.840.113741.1.13.1 of PCK certificates: a SEQUENCE of {OID, value}, each once, none else.
library PckExtension {
    error PckExtensionInvalid(uint256 field);
    error PckExtensionIncomplete(uint256 fields, uint256 tcbFields);

    uint256 private constant PPID = 1;
    uint256 private constant TCB = 2;
    uint256 private constant PCE_ID = 3;
    uint256 private constant FMSPC = 4;
    uint256 private constant SGX_TYPE = 5;
    uint256 private constant INSTANCE_ID = 6; // Of the Platform CA, like the next one: nothing here depends on them.
    uint256 private constant CONFIGURATION = 7;
    uint256 private constant FIELDS = 0x3e; // bits 1 to 5
    uint256 private constant PCE_SVN = 17;
    uint256 private constant CPU_SVN = 18;
    uint256 private constant TCB_FIELDS = 0x7fffe; // bits 1 to 18

    bytes9 private constant PREFIX = hex"2a864886f84d010d01";

    function parse(Span memory value) internal pure returns (PckPlatform memory platform) {
        Span memory list = Der.take(value, Der.SEQUENCE);
        Der.requireEnd(value);
        uint256 seen;
        uint256 tcbSeen;
        while (!Spans.isAtEnd(list)) {
            Span memory pair = Der.take(list, Der.SEQUENCE);
            uint256 field = _field(Der.oid(pair), 9);
            if (seen & (1 << field) != 0) revert PckExtensionInvalid(field);
            seen |= 1 << field;
            if (field == PPID) platform.id = Spans.hash(_octets(pair, 16, field));
            else if (field == TCB) tcbSeen = _readTcb(platform, Der.take(pair, Der.SEQUENCE));
            else if (field == PCE_ID) platform.pceId = bytes2(_word(_octets(pair, 2, field)));
            else if (field == FMSPC) platform.fmspc = bytes6(_word(_octets(pair, 6, field)));
            else if (field == SGX_TYPE) _number(pair, Der.ENUMERATED, 2, field);
            else if (field == INSTANCE_ID) _octets(pair, 16, field);
            else if (field == CONFIGURATION) Der.skip(pair, Der.SEQUENCE);
            else revert PckExtensionInvalid(field);
            Der.requireEnd(pair);
        }
        if (seen & FIELDS != FIELDS || tcbSeen != TCB_FIELDS) revert PckExtensionIncomplete(seen, tcbSeen);
    }

    function _readTcb(PckPlatform memory platform, Span memory list) private pure returns (uint256 seen) {
        uint256 components;
        while (!Spans.isAtEnd(list)) {
            Span memory pair = Der.take(list, Der.SEQUENCE);
            uint256 field = _field(Der.oid(pair), 10);
            if (field == 0 || field > CPU_SVN || seen & (1 << field) != 0) revert PckExtensionInvalid(field);
            seen |= 1 << field;
            if (field == CPU_SVN) _octets(pair, 16, field);
            else if (field == PCE_SVN) platform.pceSvn = uint16(_number(pair, Der.INTEGER, 0xffff, field));
            else components |= _number(pair, Der.INTEGER, 0xff, field) << (8 * (16 - field));
            Der.requireEnd(pair);
        }
        platform.components = bytes16(uint128(components));
    }

    /// @dev The last number of an OID below the extension's, or 2 below that for the TCB's.
    function _field(bytes32 oid, uint256 length) private pure returns (uint256) {
        if (bytes9(oid) != PREFIX || uint8(oid[31]) != length + 1 || (length == 10 && uint8(oid[9]) != TCB)) {
            revert PckExtensionInvalid(0);
        }
        return uint8(oid[length]);
    }

    function _octets(Span memory pair, uint256 size, uint256 field) private pure returns (Span memory octets) {
        octets = Der.take(pair, Der.OCTET_STRING);
        if (Spans.size(octets) != size) revert PckExtensionInvalid(field);
    }

    function _word(Span memory octets) private pure returns (bytes32) {
        return bytes32(Spans.wordAt(octets.start));
    }

    function _number(Span memory pair, uint256 tag, uint256 max, uint256 field) private pure returns (uint256 value) {
        value = Der.unsigned(pair, tag);
        if (value > max) revert PckExtensionInvalid(field);
    }
}
