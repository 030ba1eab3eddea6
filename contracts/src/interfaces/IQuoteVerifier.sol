// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TcbStatus, Tee} from "../types/Tcb.sol";
import {ICertificateStore} from "./ICertificateStore.sol";
import {ITcbStore} from "./ITcbStore.sol";

/// @title Verifies quotes of SGX (version 3, and inside 4 and 5) and TDX (versions 4 and 5).
/// @notice What it returns is proven: the quote is genuine, of a platform whose chain was posted, judged by collateral
/// that is now valid and complete. What is refused for every reason of that kind reverts, and so does what can be
/// debugged. Whether the status, the measurement and the attributes are good enough is the caller's to say.
interface IQuoteVerifier {
    struct Verdict {
        Tee tee;
        TcbStatus status;
        bytes measurement; // 48 bytes: MRENCLAVE and 16 zeros, or SHA-384 of MRTD and RTMR0 to 3
        bytes reportData; // 64 bytes
        bytes32 platform; // keccak256 of the PPID
        bytes8 attributes; // flags of ATTRIBUTES, or TDATTRIBUTES, as they stand in the report
        bytes8 xfam; // XFRM or XFAM
        uint32 evaluationNumber; // the lower one of the TCB information's and the QE identity's
        uint64 until; // when the first of what it was judged by has to be replaced
    }

    error QeReportNotSigned();
    error QeReportDoesNotBind(bytes32 seen, bytes32 expected);
    error QuoteNotSigned();
    error QeNotOfIntel(bytes32 mrSigner, uint256 isvProdId, bytes16 attributes, bytes4 miscSelect);
    error QeUnsupported(uint256 isvSvn);
    error DebugEnabled(bytes8 attributes);
    error TcbLevelNotFound(bytes16 components, bytes16 teeTcbSvn, uint16 pceSvn);
    error TdxModuleUnknown(uint256 version);
    error TdxModuleMismatch(bytes32 mrSignerHash, bytes8 attributes);
    error TdxModuleUnsupported(uint256 version, uint256 isvSvn);

    /// @notice Judges a quote at the time of the block.
    /// @dev Its chain has to be posted before: `certificates.postPlatform` with its certification data.
    function verify(bytes calldata quote) external view returns (Verdict memory);

    /// @notice The chain in a quote as it has to be posted, so that nobody else has to take quotes apart.
    function pckChain(bytes calldata quote) external pure returns (bytes memory);

    /// @notice Where certificates and revocation lists are posted.
    function certificates() external view returns (ICertificateStore);

    /// @notice Where TCB information and QE identities are posted.
    function tcb() external view returns (ITcbStore);
}
