// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TcbStatus} from "../types/Tcb.sol";
import {IQuoteVerifier} from "./IQuoteVerifier.sol";

/// @title Quotes by which managers prove on chain what they run, so that the root of the registry is itself attested.
/// @notice Anybody posts a manager's quote: it speaks for itself. It binds the manager's signing key, this deployment and
/// a recent block in its report data:
///
/// SHA-512("TEEX-RA-1" ‖ u8 role = 1 ‖ u16 20 ‖ key ‖ u16 32 ‖ hash of the block ‖ u16 28 ‖ u64 chain id ‖ address of
/// this contract), integers big-endian. That is `ReportData.of(MANAGER, key, block hash, context)` of the Java side.
interface IManagerAttestation {
    /// @notice The last quote of a manager's key.
    struct Attestation {
        bytes32 measurementHash; // slot 0: keccak256 of the measurement
        bytes32 platform; // slot 1: keccak256 of the PPID
        uint64 until; // slot 2: 8 + 8 + 4 bytes; inclusive
        uint64 blockNumber; // of the block that it carries
        uint32 evaluationNumber; // the TCB evaluation that it was judged by
    }

    /// @notice A manager's key is attested until `until`, unless what it was judged by is withdrawn.
    event ManagerAttested(
        address indexed key,
        bytes32 indexed measurementHash,
        bytes32 indexed platform,
        uint64 until,
        uint32 evaluationNumber
    );
    /// @notice Quotes judged by an earlier TCB evaluation count no more, those posted before included.
    event EvaluationNumberMinChanged(uint32 evaluationNumberMin);

    error LifeOutOfRange(uint64 life, uint64 max);
    error ReportDataMismatch(bytes seen, bytes expected);
    /// @notice The block is in the future, this one, or more than 256 blocks ago.
    error BlockNotRecent(uint256 blockNumber, uint256 current);
    /// @notice A quote with a later block counts already: none is used twice, and none brings back what was before it.
    error QuoteNotNewer(uint256 blockNumber, uint64 known);
    error TcbStatusNotAccepted(TcbStatus status);
    error EvaluationTooEarly(uint32 evaluationNumber, uint32 min);
    error AttributesNotAccepted(bytes8 attributes);
    error MeasurementNotAccepted(bytes32 measurementHash);
    error PlatformNotOfOperator(bytes32 seen, bytes32 operated);

    /// @notice Attests a manager's key by a quote of version 3, 4 or 5 of SGX or TDX.
    /// @param key the manager's signing address
    /// @param blockNumber of the block whose hash the quote carries
    function attestManager(address key, uint256 blockNumber, bytes calldata quote) external;

    /// @notice Sets the earliest TCB evaluation that counts. Owner only.
    function setEvaluationNumberMin(uint32 evaluationNumberMin) external;

    /// @notice Whether the key's last quote still counts: not too old, its TCB evaluation late enough, its measurement
    /// accepted for managers. Its platform was its operator's when it was posted, and a key has one for ever.
    function isAttested(address key) external view returns (bool);

    /// @notice The 64 bytes that a quote for `key` has to carry with the hash of a block.
    function reportData(address key, bytes32 blockHash) external view returns (bytes memory);

    /// @notice What the last accepted quote of a key proved; all zero if there was none.
    function attestation(address key) external view returns (Attestation memory);

    /// @notice Quotes that were judged by an older TCB evaluation do not count.
    function evaluationNumberMin() external view returns (uint32);

    /// @notice Seconds for which a quote counts at most.
    function life() external view returns (uint64);

    /// @notice What judges the quotes; it names the stores that collateral is posted to.
    function verifier() external view returns (IQuoteVerifier);
}
