// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICertificateStore} from "../interfaces/ICertificateStore.sol";
import {IQuoteVerifier} from "../interfaces/IQuoteVerifier.sol";
import {ITcbStore} from "../interfaces/ITcbStore.sol";
import {QeIdentity, TcbInfo, TcbStatus, Tee} from "../types/Tcb.sol";
import {P256Key, P256Signature, P256Signatures} from "./libraries/P256Signature.sol";
import {Quote, Quotes} from "./libraries/Quotes.sol";
import {Sha512} from "./libraries/Sha512.sol";
import {TcbEvaluation} from "./libraries/TcbEvaluation.sol";
import {IsvLevels} from "./libraries/TcbLevels.sol";

/// @title Verifies quotes of SGX and TDX, see {IQuoteVerifier}.
/// @dev The rules are those of the Java verifier's `QuoteAppraisal`; the offsets are of Intel's reports.
contract QuoteVerifier is IQuoteVerifier {
    // In an SGX report.
    uint256 private constant MISC_SELECT = 16;
    uint256 private constant ATTRIBUTES = 48;
    uint256 private constant MR_ENCLAVE = 64;
    uint256 private constant MR_SIGNER = 128;
    uint256 private constant ISV_PROD_ID = 256;
    uint256 private constant ISV_SVN = 258;
    uint256 private constant SGX_REPORT_DATA = 320;
    bytes8 private constant SGX_DEBUG = 0x0200000000000000;
    // In the report of a trust domain.
    uint256 private constant TD_ATTRIBUTES = 120;
    uint256 private constant MR_TD = 136;
    uint256 private constant RTMRS = 328;
    uint256 private constant TD_REPORT_DATA = 520;
    /// @dev Bit 0 is debugging; whatever comes of bits 1 to 7, the domain will be under somebody's eyes.
    bytes8 private constant TD_UNDER_DEBUG = 0xff00000000000000;

    ICertificateStore private immutable _certificates;
    ITcbStore private immutable _tcb;

    constructor(ICertificateStore certificates_, ITcbStore tcb_) {
        (_certificates, _tcb) = (certificates_, tcb_);
    }

    /// @inheritdoc IQuoteVerifier
    function verify(bytes calldata data) external view returns (Verdict memory verdict) {
        Quote memory quote = Quotes.parse(data);
        verdict.tee = quote.tee;
        _readReport(data, quote, verdict);

        (ICertificateStore.Platform memory platform, uint64 platformUntil) =
            _certificates.platform(keccak256(data[quote.certification:quote.certification + quote.certificationSize]));
        _requireSignatures(data, quote, platform.key);

        (QeIdentity memory qe, uint64 qeUntil) = _tcb.qeIdentity(quote.tee);
        TcbStatus qeStatus = _qeStatus(data, quote, qe);
        (TcbInfo memory info, uint64 infoUntil) = _tcb.tcbInfo(quote.tee, platform.fmspc, platform.pceId);
        verdict.status = TcbEvaluation.evaluate(data[quote.body:quote.body + quote.bodySize], platform, info, qeStatus);

        verdict.platform = platform.id;
        verdict.evaluationNumber =
            qe.evaluationNumber < info.evaluationNumber ? qe.evaluationNumber : info.evaluationNumber;
        verdict.until = _least(platformUntil, _least(qeUntil, infoUntil));
    }

    /// @inheritdoc IQuoteVerifier
    function pckChain(bytes calldata data) external pure returns (bytes memory) {
        Quote memory quote = Quotes.parse(data);
        return data[quote.certification:quote.certification + quote.certificationSize];
    }

    /// @inheritdoc IQuoteVerifier
    function certificates() external view returns (ICertificateStore) {
        return _certificates;
    }

    /// @inheritdoc IQuoteVerifier
    function tcb() external view returns (ITcbStore) {
        return _tcb;
    }

    /// @dev That the platform's key vouches for the quoting enclave, it for the attestation key, and that for the quote.
    function _requireSignatures(bytes calldata data, Quote memory quote, P256Key memory pckKey) private view {
        bytes calldata report = data[quote.qeReport:quote.qeReport + Quotes.SGX_SIZE];
        if (!P256Signatures.isOf(quote.qeSignature, sha256(report), pckKey)) revert QeReportNotSigned();

        bytes32 binding = sha256(
            abi.encodePacked(
                quote.attestationKey.x,
                quote.attestationKey.y,
                data[quote.authentication:quote.authentication + quote.authenticationSize]
            )
        );
        bytes32 seen = Quotes.word(report, SGX_REPORT_DATA);
        if (seen != binding || Quotes.word(report, SGX_REPORT_DATA + 32) != 0) {
            revert QeReportDoesNotBind(seen, binding);
        }

        if (!P256Signatures.isOf(quote.signature, sha256(data[:quote.signedSize]), quote.attestationKey)) {
            revert QuoteNotSigned();
        }
    }

    /// @dev That the quoting enclave is one of Intel's for this kind of TEE, not debuggable, and how current it is.
    function _qeStatus(bytes calldata data, Quote memory quote, QeIdentity memory identity)
        private
        pure
        returns (TcbStatus)
    {
        bytes calldata report = data[quote.qeReport:quote.qeReport + Quotes.SGX_SIZE];
        bytes16 attributes = bytes16(Quotes.word(report, ATTRIBUTES));
        bytes4 miscSelect = bytes4(Quotes.word(report, MISC_SELECT));
        bytes32 mrSigner = Quotes.word(report, MR_SIGNER);
        uint256 isvProdId = Quotes.u16(report, ISV_PROD_ID);
        if (
            miscSelect & identity.miscSelectMask != identity.miscSelect
                || attributes & identity.attributesMask != identity.attributes || mrSigner != identity.mrSigner
                || isvProdId != identity.isvProdId
        ) revert QeNotOfIntel(mrSigner, isvProdId, attributes, miscSelect);
        if (bytes8(attributes) & SGX_DEBUG != 0) revert DebugEnabled(bytes8(attributes));
        uint256 isvSvn = Quotes.u16(report, ISV_SVN);
        (bool found, TcbStatus status) = IsvLevels.reached(identity.levels, isvSvn);
        if (!found) revert QeUnsupported(isvSvn);
        return status;
    }

    /// @dev What the report says, which is proven only once the signatures are.
    function _readReport(bytes calldata data, Quote memory quote, Verdict memory verdict) private pure {
        bytes calldata report = data[quote.body:quote.body + quote.bodySize];
        bool sgx = quote.tee == Tee.Sgx;
        bytes32 attributes = Quotes.word(report, sgx ? ATTRIBUTES : TD_ATTRIBUTES);
        verdict.attributes = bytes8(attributes);
        verdict.xfam = bytes8(attributes << 64);
        if (verdict.attributes & (sgx ? SGX_DEBUG : TD_UNDER_DEBUG) != 0) revert DebugEnabled(verdict.attributes);
        if (sgx) {
            verdict.measurement = abi.encodePacked(Quotes.word(report, MR_ENCLAVE), bytes16(0));
            verdict.reportData = report[SGX_REPORT_DATA:SGX_REPORT_DATA + 64];
        } else {
            (bytes32 high, bytes16 low) =
                Sha512.sha384(abi.encodePacked(report[MR_TD:MR_TD + 48], report[RTMRS:RTMRS + 4 * 48]));
            verdict.measurement = abi.encodePacked(high, low);
            verdict.reportData = report[TD_REPORT_DATA:TD_REPORT_DATA + 64];
        }
    }

    function _least(uint64 left, uint64 right) private pure returns (uint64) {
        return left < right ? left : right;
    }
}
