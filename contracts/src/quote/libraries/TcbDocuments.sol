// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {QeIdentity, TcbInfo, TcbStatus, TdxModule, Tee} from "../../types/Tcb.sol";
import {Json} from "./Json.sol";
import {Span, Spans} from "./Spans.sol";
import {IsvLevels, PlatformLevels} from "./TcbLevels.sol";

/// @title Reads Intel's TCB information and QE identities out of the text that Intel signed.
/// @dev Keys that nothing here needs are skipped, since Intel adds some from time to time; a key that is needed has to be
/// there, once. The kind of TEE stands before the levels, and the number of a component first in it.
library TcbDocuments {
    error DocumentVersionUnsupported(uint256 version, uint256 tcbType);
    error DocumentKindUnknown(bytes32 idHash);
    /// @notice A bit for each key: those seen, those that have to be there.
    error DocumentKeysInvalid(uint256 seen, uint256 required);
    error TcbStatusUnknown(bytes32 statusHash);
    error TcbStatusUnexpected(TcbStatus status);
    /// @notice Not 16 components, or one that does not begin with its number.
    error TcbComponentInvalid(uint256 index, bytes8 seen);
    error TcbLevelsMissing();

    uint256 private constant COMPONENTS = 16;

    /// @dev One value of a list of levels, before it is packed.
    struct Level {
        uint256 seen;
        bytes16 components;
        bytes16 teeTcbSvn;
        uint256 svn; // PCESVN of a platform, ISVSVN of an enclave or module
        TcbStatus status;
    }

    function tcbInfo(bytes memory document) internal pure returns (TcbInfo memory info) {
        Span memory json = Spans.over(document);
        uint256 seen;
        uint256 version;
        uint256 tcbType;
        for (bool more = Json.enter(json, Json.OBJECT); more; more = Json.next(json, Json.OBJECT_END)) {
            bytes32 key = Json.key(json);
            uint256 bit;
            if (key == keccak256("id")) {
                (bit, info.tee) = (0x1, _tee(Json.text(json), keccak256("SGX"), keccak256("TDX")));
            } else if (key == keccak256("version")) {
                (bit, version) = (0x2, Json.number(json, type(uint32).max));
            } else if (key == keccak256("issueDate")) {
                (bit, info.issueDate) = (0x4, Json.time(json));
            } else if (key == keccak256("nextUpdate")) {
                (bit, info.nextUpdate) = (0x8, Json.time(json));
            } else if (key == keccak256("fmspc")) {
                (bit, info.fmspc) = (0x10, bytes6(Json.hexadecimal(json, 6)));
            } else if (key == keccak256("pceId")) {
                (bit, info.pceId) = (0x20, bytes2(Json.hexadecimal(json, 2)));
            } else if (key == keccak256("tcbType")) {
                (bit, tcbType) = (0x40, Json.number(json, type(uint32).max));
            } else if (key == keccak256("tcbEvaluationDataNumber")) {
                (bit, info.evaluationNumber) = (0x80, uint32(Json.number(json, type(uint32).max)));
            } else if (key == keccak256("tcbLevels")) {
                // What a level has to have depends on the kind, so the kind has to be known.
                _require(seen, 0x1);
                (bit, info.levels) = (0x100, _platformLevels(json, info.tee));
            } else if (key == keccak256("tdxModule")) {
                (bit, info.modules) = (0x200, _with(info.modules, _module(json, false)));
            } else if (key == keccak256("tdxModuleIdentities")) {
                bit = 0x400;
                for (bool another = Json.enter(json, Json.ARRAY); another; another = Json.next(json, Json.ARRAY_END)) {
                    info.modules = _with(info.modules, _module(json, true));
                }
            } else {
                Json.skip(json);
            }
            seen = _mark(seen, bit);
        }
        Json.requireEnd(json);
        _require(seen, 0x1ff);
        if (version != 3 || tcbType != 0) revert DocumentVersionUnsupported(version, tcbType);
        if (info.levels.length == 0) revert TcbLevelsMissing();
    }

    function qeIdentity(bytes memory document) internal pure returns (QeIdentity memory identity) {
        Span memory json = Spans.over(document);
        uint256 seen;
        uint256 version;
        for (bool more = Json.enter(json, Json.OBJECT); more; more = Json.next(json, Json.OBJECT_END)) {
            bytes32 key = Json.key(json);
            uint256 bit;
            if (key == keccak256("id")) {
                (bit, identity.tee) = (0x1, _tee(Json.text(json), keccak256("QE"), keccak256("TD_QE")));
            } else if (key == keccak256("version")) {
                (bit, version) = (0x2, Json.number(json, type(uint32).max));
            } else if (key == keccak256("issueDate")) {
                (bit, identity.issueDate) = (0x4, Json.time(json));
            } else if (key == keccak256("nextUpdate")) {
                (bit, identity.nextUpdate) = (0x8, Json.time(json));
            } else if (key == keccak256("tcbEvaluationDataNumber")) {
                (bit, identity.evaluationNumber) = (0x10, uint32(Json.number(json, type(uint32).max)));
            } else if (key == keccak256("miscselect")) {
                (bit, identity.miscSelect) = (0x20, bytes4(Json.hexadecimal(json, 4)));
            } else if (key == keccak256("miscselectMask")) {
                (bit, identity.miscSelectMask) = (0x40, bytes4(Json.hexadecimal(json, 4)));
            } else if (key == keccak256("attributes")) {
                (bit, identity.attributes) = (0x80, bytes16(Json.hexadecimal(json, 16)));
            } else if (key == keccak256("attributesMask")) {
                (bit, identity.attributesMask) = (0x100, bytes16(Json.hexadecimal(json, 16)));
            } else if (key == keccak256("mrsigner")) {
                (bit, identity.mrSigner) = (0x200, bytes32(Json.hexadecimal(json, 32)));
            } else if (key == keccak256("isvprodid")) {
                (bit, identity.isvProdId) = (0x400, uint16(Json.number(json, type(uint16).max)));
            } else if (key == keccak256("tcbLevels")) {
                (bit, identity.levels) = (0x800, _isvLevels(json));
            } else {
                Json.skip(json);
            }
            seen = _mark(seen, bit);
        }
        Json.requireEnd(json);
        _require(seen, 0xfff);
        if (version != 2) revert DocumentVersionUnsupported(version, 0);
        if (identity.levels.length == 0) revert TcbLevelsMissing();
    }

    function _module(Span memory json, bool named) private pure returns (TdxModule memory module) {
        uint256 seen;
        for (bool more = Json.enter(json, Json.OBJECT); more; more = Json.next(json, Json.OBJECT_END)) {
            bytes32 key = Json.key(json);
            uint256 bit;
            if (key == keccak256("mrsigner")) {
                (bit, module.mrSignerHash) = (0x1, keccak256(Json.hexadecimal(json, 48)));
            } else if (key == keccak256("attributes")) {
                (bit, module.attributes) = (0x2, bytes8(Json.hexadecimal(json, 8)));
            } else if (key == keccak256("attributesMask")) {
                (bit, module.attributesMask) = (0x4, bytes8(Json.hexadecimal(json, 8)));
            } else if (named && key == keccak256("id")) {
                (bit, module.version) = (0x8, _moduleVersion(json));
            } else if (named && key == keccak256("tcbLevels")) {
                (bit, module.levels) = (0x10, _isvLevels(json));
            } else {
                Json.skip(json);
            }
            seen = _mark(seen, bit);
        }
        _require(seen, named ? 0x1f : 0x7);
    }

    /// @dev The major version in the name of a module: `TDX_` and two hexadecimal digits.
    function _moduleVersion(Span memory json) private pure returns (uint8) {
        Span memory name = Json.content(json);
        bytes4 prefix = bytes4(bytes32(Spans.wordAt(name.start)));
        if (Spans.size(name) != 6 || prefix != "TDX_") revert DocumentKindUnknown(Spans.hash(name));
        return uint8(bytes1(Json.decode(Span({start: name.start + 4, end: name.end}), 1)));
    }

    function _platformLevels(Span memory json, Tee tee) private pure returns (bytes memory levels) {
        for (bool more = Json.enter(json, Json.ARRAY); more; more = Json.next(json, Json.ARRAY_END)) {
            Level memory level = _level(json);
            _require(level.seen, tee == Tee.Tdx ? 0x1f : 0xf);
            bytes16 teeTcbSvn = tee == Tee.Tdx ? level.teeTcbSvn : bytes16(0);
            levels = PlatformLevels.append(levels, level.components, teeTcbSvn, uint16(level.svn), level.status);
        }
    }

    function _isvLevels(Span memory json) private pure returns (bytes memory levels) {
        for (bool more = Json.enter(json, Json.ARRAY); more; more = Json.next(json, Json.ARRAY_END)) {
            Level memory level = _level(json);
            _require(level.seen, 0x23);
            // Configuration and hardening are of platforms: nobody says what they would mean here.
            if (
                level.status != TcbStatus.UpToDate && level.status != TcbStatus.OutOfDate
                    && level.status != TcbStatus.Revoked
            ) revert TcbStatusUnexpected(level.status);
            levels = IsvLevels.append(levels, uint16(level.svn), level.status);
        }
    }

    /// @dev {"tcb":{…},"tcbStatus":"…"} and what nothing here needs: the date, which a grace would begin with, and the
    /// advisories.
    function _level(Span memory json) private pure returns (Level memory level) {
        for (bool more = Json.enter(json, Json.OBJECT); more; more = Json.next(json, Json.OBJECT_END)) {
            bytes32 key = Json.key(json);
            uint256 bit;
            if (key == keccak256("tcb")) {
                bit = 0x1;
                _readTcb(json, level);
            } else if (key == keccak256("tcbStatus")) {
                (bit, level.status) = (0x2, _status(Json.text(json)));
            } else {
                Json.skip(json);
            }
            level.seen = _mark(level.seen, bit);
        }
    }

    function _readTcb(Span memory json, Level memory level) private pure {
        for (bool more = Json.enter(json, Json.OBJECT); more; more = Json.next(json, Json.OBJECT_END)) {
            bytes32 key = Json.key(json);
            uint256 bit;
            if (key == keccak256("sgxtcbcomponents")) {
                (bit, level.components) = (0x4, _components(json));
            } else if (key == keccak256("pcesvn")) {
                (bit, level.svn) = (0x8, Json.number(json, type(uint16).max));
            } else if (key == keccak256("tdxtcbcomponents")) {
                (bit, level.teeTcbSvn) = (0x10, _components(json));
            } else if (key == keccak256("isvsvn")) {
                (bit, level.svn) = (0x20, Json.number(json, type(uint16).max));
            } else {
                Json.skip(json);
            }
            level.seen = _mark(level.seen, bit);
        }
    }

    /// @dev 16 times {"svn":…} with or without names behind it. Most of a document is these, so their beginning is
    /// compared at once; Intel writes the number first.
    function _components(Span memory json) private pure returns (bytes16) {
        uint256 svns;
        for (uint256 i = 0; i < COMPONENTS; i++) {
            bytes8 begin = bytes8(bytes32(Spans.wordAt(json.start)));
            if (begin != (i == 0 ? bytes8('[{"svn":') : bytes8(',{"svn":'))) revert TcbComponentInvalid(i, begin);
            json.start += 8;
            svns = (svns << 8) | Json.number(json, type(uint8).max);
            while (Json.next(json, Json.OBJECT_END)) {
                if (Json.key(json) == keccak256("svn")) revert TcbComponentInvalid(i, begin);
                Json.skip(json);
            }
        }
        if (Json.next(json, Json.ARRAY_END)) revert TcbComponentInvalid(COMPONENTS, 0);
        return bytes16(uint128(svns));
    }

    function _status(bytes32 hash) private pure returns (TcbStatus) {
        if (hash == keccak256("UpToDate")) return TcbStatus.UpToDate;
        if (hash == keccak256("OutOfDate")) return TcbStatus.OutOfDate;
        if (hash == keccak256("SWHardeningNeeded")) return TcbStatus.SWHardeningNeeded;
        if (hash == keccak256("ConfigurationNeeded")) return TcbStatus.ConfigurationNeeded;
        if (hash == keccak256("ConfigurationAndSWHardeningNeeded")) return TcbStatus.ConfigurationAndSWHardeningNeeded;
        if (hash == keccak256("OutOfDateConfigurationNeeded")) return TcbStatus.OutOfDateConfigurationNeeded;
        if (hash == keccak256("Revoked")) return TcbStatus.Revoked;
        revert TcbStatusUnknown(hash);
    }

    function _tee(bytes32 hash, bytes32 sgx, bytes32 tdx) private pure returns (Tee) {
        if (hash == sgx) return Tee.Sgx;
        if (hash == tdx) return Tee.Tdx;
        revert DocumentKindUnknown(hash);
    }

    function _with(TdxModule[] memory modules, TdxModule memory another) private pure returns (TdxModule[] memory all) {
        all = new TdxModule[](modules.length + 1);
        for (uint256 i = 0; i < modules.length; i++) {
            if (modules[i].version == another.version) revert DocumentKindUnknown(bytes32(uint256(another.version)));
            all[i] = modules[i];
        }
        all[modules.length] = another;
    }

    function _mark(uint256 seen, uint256 bit) private pure returns (uint256) {
        if (seen & bit != 0) revert DocumentKeysInvalid(seen, bit);
        return seen | bit;
    }

    function _require(uint256 seen, uint256 required) private pure {
        if (seen & required != required) revert DocumentKeysInvalid(seen, required);
    }
}
