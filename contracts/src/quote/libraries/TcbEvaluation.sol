// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICertificateStore} from "../../interfaces/ICertificateStore.sol";
import {IQuoteVerifier} from "../../interfaces/IQuoteVerifier.sol";
import {TcbInfo, TcbStatus, TdxModule, Tee} from "../../types/Tcb.sol";
import {Quotes} from "./Quotes.sol";
import {IsvLevels, PlatformLevels, TcbStatuses} from "./TcbLevels.sol";

/// @title How current a platform is: the levels that its parts are at, and what follows from them together.
/// @dev The rules are those of the Java verifier's `TcbEvaluator`.
library TcbEvaluation {
    // In the report of a trust domain.
    uint256 private constant TEE_TCB_SVN = 0;
    uint256 private constant MR_SIGNER_SEAM = 64;
    uint256 private constant SEAM_ATTRIBUTES = 112;
    uint256 private constant TEE_TCB_SVN_2 = 584;

    // Of the SVNs of a platform: 16 components, then TEE_TCB_SVN, whose first two bytes are the module's.
    bytes32 private constant COMPONENTS = bytes32(bytes16(type(uint128).max));
    bytes32 private constant MODULE = 0x00000000000000000000000000000000ffff0000000000000000000000000000;
    bytes32 private constant LOADER = 0x000000000000000000000000000000000000ff00000000000000000000000000;

    /// @param report of the enclave or trust domain
    /// @param qeStatus how current the quoting enclave is
    function evaluate(
        bytes calldata report,
        ICertificateStore.Platform memory platform,
        TcbInfo memory info,
        TcbStatus qeStatus
    ) internal pure returns (TcbStatus) {
        if (info.tee == Tee.Sgx) {
            return TcbStatuses.converge(_platformStatus(platform, info, bytes16(0)), qeStatus);
        }
        bytes16 teeTcbSvn = bytes16(report[TEE_TCB_SVN:TEE_TCB_SVN + 16]);
        TcbStatus platformStatus = _platformStatus(platform, info, teeTcbSvn);
        TcbStatus module = _moduleStatus(report, teeTcbSvn, info);
        TcbStatus domain = TcbStatuses.converge(platformStatus, module);
        if (
            report.length == Quotes.TD_15_SIZE && qeStatus == TcbStatus.UpToDate && module == TcbStatus.OutOfDate
                && TcbStatuses.isOutOfDate(domain) && _isNewest(bytes16(report[TEE_TCB_SVN_2:TEE_TCB_SVN_2 + 16]), info)
        ) {
            // The platform without the domain: patched, if this is good.
            (bool found, TcbStatus sgx) =
                PlatformLevels.reached(info.levels, bytes32(platform.components), COMPONENTS, platform.pceSvn);
            if (found && sgx <= TcbStatus.ConfigurationAndSWHardeningNeeded) return _relaunch(domain, sgx);
        }
        return TcbStatuses.converge(domain, qeStatus);
    }

    function _platformStatus(ICertificateStore.Platform memory platform, TcbInfo memory info, bytes16 teeTcbSvn)
        private
        pure
        returns (TcbStatus)
    {
        bytes32 svns = bytes32(platform.components) | (bytes32(teeTcbSvn) >> 128);
        bytes32 mask = _hasOwnLevels(teeTcbSvn) ? ~MODULE : ~bytes32(0);
        (bool found, TcbStatus status) = PlatformLevels.reached(info.levels, svns, mask, platform.pceSvn);
        if (!found) revert IQuoteVerifier.TcbLevelNotFound(platform.components, teeTcbSvn, platform.pceSvn);
        return status;
    }

    /// @dev The first module has no levels of its own: the platform's judge it.
    function _moduleStatus(bytes calldata report, bytes16 teeTcbSvn, TcbInfo memory info)
        private
        pure
        returns (TcbStatus)
    {
        uint256 version = uint8(teeTcbSvn[1]);
        (bool known, TdxModule memory module) = _module(info, version);
        if (!known) revert IQuoteVerifier.TdxModuleUnknown(version);
        bytes32 mrSignerHash = keccak256(report[MR_SIGNER_SEAM:MR_SIGNER_SEAM + 48]);
        bytes8 attributes = bytes8(report[SEAM_ATTRIBUTES:SEAM_ATTRIBUTES + 8]);
        if (
            mrSignerHash != module.mrSignerHash || attributes & module.attributesMask != module.attributes
                || attributes != 0
        ) revert IQuoteVerifier.TdxModuleMismatch(mrSignerHash, attributes);
        if (version == 0) return TcbStatus.UpToDate;
        (bool found, TcbStatus status) = IsvLevels.reached(module.levels, uint8(teeTcbSvn[0]));
        if (!found) revert IQuoteVerifier.TdxModuleUnsupported(version, uint8(teeTcbSvn[0]));
        return status;
    }

    /// @dev Whether what lies below a running domain now is the best that there is.
    function _isNewest(bytes16 svn, TcbInfo memory info) private pure returns (bool) {
        bytes32 newest = PlatformLevels.newest(info.levels);
        bytes32 svns = bytes32(svn) >> 128;
        if (!_hasOwnLevels(svn)) return PlatformLevels.isAtLeast(svns, newest & ~COMPONENTS);
        (bool known, TdxModule memory module) = _module(info, uint8(svn[1]));
        return
            PlatformLevels.isAtLeast(svns, newest & LOADER) && known && IsvLevels.isNewest(module.levels, uint8(svn[0]));
    }

    function _relaunch(TcbStatus domain, TcbStatus sgx) private pure returns (TcbStatus) {
        bool configure = domain == TcbStatus.OutOfDateConfigurationNeeded || sgx == TcbStatus.ConfigurationNeeded
            || sgx == TcbStatus.ConfigurationAndSWHardeningNeeded;
        return configure ? TcbStatus.TDRelaunchAdvisedConfigurationNeeded : TcbStatus.TDRelaunchAdvised;
    }

    function _module(TcbInfo memory info, uint256 version) private pure returns (bool, TdxModule memory module) {
        for (uint256 i = 0; i < info.modules.length; i++) {
            if (info.modules[i].version == version) return (true, info.modules[i]);
        }
        return (false, module);
    }

    function _hasOwnLevels(bytes16 teeTcbSvn) private pure returns (bool) {
        return teeTcbSvn[1] != 0;
    }
}
