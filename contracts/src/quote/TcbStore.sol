// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICertificateStore} from "../interfaces/ICertificateStore.sol";
import {ITcbStore} from "../interfaces/ITcbStore.sol";
import {Provenance, QeIdentity, TcbInfo, Tee} from "../types/Tcb.sol";
import {CodeStorage} from "./libraries/CodeStorage.sol";
import {P256Signature, P256Signatures} from "./libraries/P256Signature.sol";
import {TcbDocuments} from "./libraries/TcbDocuments.sol";

/// @title Intel's documents about TCB levels, see {ITcbStore}.
contract TcbStore is ITcbStore {
    ICertificateStore private immutable _certificates;

    mapping(Tee tee => mapping(bytes6 fmspc => mapping(bytes2 pceId => Entry))) private _tcbInfos;
    mapping(Tee tee => Entry) private _qeIdentities;

    constructor(ICertificateStore certificates) {
        _certificates = certificates;
    }

    /// @inheritdoc ITcbStore
    function postTcbInfo(bytes calldata text, bytes calldata signature, bytes calldata pem) external {
        Provenance memory signer = _requireSigned(text, signature, pem);
        TcbInfo memory info = TcbDocuments.tcbInfo(text);
        Provenance memory provenance = _requireNow(signer, info.issueDate, info.nextUpdate);
        _replace(
            _tcbInfos[info.tee][info.fmspc][info.pceId],
            info.evaluationNumber,
            info.issueDate,
            abi.encode(info, provenance)
        );
        emit TcbInfoPosted(info.tee, info.fmspc, info.pceId, info.evaluationNumber, info.issueDate, info.nextUpdate);
    }

    /// @inheritdoc ITcbStore
    function postQeIdentity(bytes calldata text, bytes calldata signature, bytes calldata pem) external {
        Provenance memory signer = _requireSigned(text, signature, pem);
        QeIdentity memory identity = TcbDocuments.qeIdentity(text);
        Provenance memory provenance = _requireNow(signer, identity.issueDate, identity.nextUpdate);
        _replace(
            _qeIdentities[identity.tee], identity.evaluationNumber, identity.issueDate, abi.encode(identity, provenance)
        );
        emit QeIdentityPosted(identity.tee, identity.evaluationNumber, identity.issueDate, identity.nextUpdate);
    }

    /// @inheritdoc ITcbStore
    function tcbInfo(Tee tee, bytes6 fmspc, bytes2 pceId) external view returns (TcbInfo memory info, uint64 until) {
        Entry memory entry = _tcbInfos[tee][fmspc][pceId];
        if (entry.issueDate == 0) revert TcbInfoUnknown(tee, fmspc, pceId);
        Provenance memory provenance;
        (info, provenance) = abi.decode(CodeStorage.read(entry.document), (TcbInfo, Provenance));
        until = _requireUsable(provenance);
    }

    /// @inheritdoc ITcbStore
    function qeIdentity(Tee tee) external view returns (QeIdentity memory identity, uint64 until) {
        Entry memory entry = _qeIdentities[tee];
        if (entry.issueDate == 0) revert QeIdentityUnknown(tee);
        Provenance memory provenance;
        (identity, provenance) = abi.decode(CodeStorage.read(entry.document), (QeIdentity, Provenance));
        until = _requireUsable(provenance);
    }

    /// @dev That a signer of Intel's, not revoked, signed exactly these bytes.
    function _requireSigned(bytes calldata text, bytes calldata signature, bytes calldata pem)
        private
        returns (Provenance memory)
    {
        if (signature.length != 64) revert SignatureLengthInvalid(signature.length);
        ICertificateStore.Issuer memory signer = _certificates.tcbSigner(pem);
        _certificates.requireNotRevokedByRoot(signer.serial);
        bytes32 hash = sha256(text);
        P256Signature memory pair = P256Signature({r: bytes32(signature[:32]), s: bytes32(signature[32:])});
        if (!P256Signatures.isOf(pair, hash, signer.key)) revert DocumentNotSigned(hash);
        return Provenance({from: signer.from, to: signer.to, signerSerial: signer.serial});
    }

    /// @dev When a document holds together with its signer's certificates; now, or it reverts.
    function _requireNow(Provenance memory signer, uint64 issueDate, uint64 nextUpdate)
        private
        view
        returns (Provenance memory)
    {
        uint64 from = issueDate > signer.from ? issueDate : signer.from;
        uint64 to = nextUpdate < signer.to ? nextUpdate : signer.to;
        if (block.timestamp < from || block.timestamp > to) revert DocumentNotCurrent(from, to, block.timestamp);
        return Provenance({from: from, to: to, signerSerial: signer.signerSerial});
    }

    function _replace(Entry storage entry, uint32 evaluationNumber, uint64 issueDate, bytes memory document) private {
        bool newer = evaluationNumber == entry.evaluationNumber
            ? issueDate > entry.issueDate
            : evaluationNumber > entry.evaluationNumber;
        if (!newer) {
            revert DocumentNotNewer(evaluationNumber, issueDate, entry.evaluationNumber, entry.issueDate);
        }
        (entry.document, entry.evaluationNumber, entry.issueDate) =
        (CodeStorage.write(document), evaluationNumber, issueDate);
    }

    function _requireUsable(Provenance memory provenance) private view returns (uint64) {
        if (block.timestamp < provenance.from || block.timestamp > provenance.to) {
            revert DocumentNotCurrent(provenance.from, provenance.to, block.timestamp);
        }
        uint64 until = _certificates.requireNotRevokedByRoot(provenance.signerSerial);
        return until < provenance.to ? until : provenance.to;
    }
}
