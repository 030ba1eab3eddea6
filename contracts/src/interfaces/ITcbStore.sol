// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {QeIdentity, TcbInfo, Tee} from "../types/Tcb.sol";

/// @title Intel's documents about the levels of platforms and quoting enclaves, as Intel signed them.
/// @notice Anybody posts them: what is posted is believed for its signature alone. A document replaces another one only if
/// it is of a later TCB evaluation, or of the same one and issued later, so that nobody brings back a level that was good
/// before a recovery.
interface ITcbStore {
    /// @notice Where the latest document of a kind is kept.
    struct Entry {
        address document; // slot 0: 20 + 4 + 8 bytes; account whose code is the document, see CodeStorage
        uint32 evaluationNumber;
        uint64 issueDate; // 0: none was posted
    }

    /// @notice Platforms of this kind are judged by this document from now on.
    event TcbInfoPosted(
        Tee indexed tee,
        bytes6 indexed fmspc,
        bytes2 pceId,
        uint32 evaluationNumber,
        uint64 issueDate,
        uint64 nextUpdate
    );
    /// @notice Quoting enclaves for this kind of TEE are judged by this document from now on.
    event QeIdentityPosted(Tee indexed tee, uint32 evaluationNumber, uint64 issueDate, uint64 nextUpdate);

    error SignatureLengthInvalid(uint256 length);
    error DocumentNotSigned(bytes32 hash);
    error DocumentNotCurrent(uint256 from, uint256 to, uint256 time);
    error DocumentNotNewer(uint32 evaluationNumber, uint64 issueDate, uint32 knownNumber, uint64 knownDate);
    error TcbInfoUnknown(Tee tee, bytes6 fmspc, bytes2 pceId);
    error QeIdentityUnknown(Tee tee);

    /// @notice Verifies and keeps TCB information, version 3.
    /// @param text the value of `tcbInfo` as it was sent, byte for byte
    /// @param signature r ‖ s
    /// @param pem the certificates of the signer and of the root
    function postTcbInfo(bytes calldata text, bytes calldata signature, bytes calldata pem) external;

    /// @notice Verifies and keeps a QE identity, version 2.
    /// @param text the value of `enclaveIdentity` as it was sent, byte for byte
    function postQeIdentity(bytes calldata text, bytes calldata signature, bytes calldata pem) external;

    /// @notice The latest TCB information for a kind of platform, now valid, its signer not revoked.
    /// @return until when it stays so without newer documents and lists
    function tcbInfo(Tee tee, bytes6 fmspc, bytes2 pceId) external view returns (TcbInfo memory, uint64 until);

    /// @notice The latest identity of the quoting enclaves for a kind of TEE, now valid, its signer not revoked.
    function qeIdentity(Tee tee) external view returns (QeIdentity memory, uint64 until);
}
