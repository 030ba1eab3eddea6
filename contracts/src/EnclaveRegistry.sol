// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {NodeCertificate, Roles} from "./types/NodeCertificate.sol";

/// @title Registry of the nodes that may act, see {IEnclaveRegistry}.
contract EnclaveRegistry is IEnclaveRegistry, Ownable2Step {
    address private immutable _settlement;

    mapping(address key => Manager) private _managers;
    mapping(uint8 role => mapping(bytes32 measurementHash => bool)) private _accepted;
    mapping(address signer => Node) private _nodes;

    /// @param owner governance; a timelock or multi-signature account in production
    /// @param settlement_ the settlement contract, which is deployed after this one: its predicted address
    constructor(address owner, address settlement_) Ownable(owner) {
        _settlement = settlement_;
    }

    /// @inheritdoc IEnclaveRegistry
    function setManager(address key, uint64 epoch, bool active) external onlyOwner {
        _managers[key] = Manager({epoch: epoch, active: active});
        emit ManagerChanged(key, epoch, active);
    }

    /// @inheritdoc IEnclaveRegistry
    function setMeasurement(uint8 role, bytes32 measurementHash, bool accepted) external onlyOwner {
        if (role < Roles.MANAGER || role > Roles.WORKER) revert RoleUnknown(role);
        _accepted[role][measurementHash] = accepted;
        emit MeasurementChanged(role, measurementHash, accepted);
    }

    /// @inheritdoc IEnclaveRegistry
    function admit(NodeCertificate calldata certificate, bytes calldata signature) external {
        bytes32 certificateHash = TypedData.digest(_settlement, TypedData.hash(certificate));
        address signedBy = ECDSA.recoverCalldata(certificateHash, signature);
        bytes32 measurementHash = keccak256(certificate.measurement);
        if (!_isListed(signedBy, certificate.managerEpoch)) {
            revert ManagerNotActive(signedBy, certificate.managerEpoch);
        }
        if (certificate.signer == address(0)) revert SignerMissing();
        if (!_accepted[certificate.role][measurementHash]) {
            revert MeasurementNotAccepted(certificate.role, measurementHash);
        }
        if (certificate.notAfter < block.timestamp) {
            revert CertificateExpired(certificate.notAfter, block.timestamp);
        }
        _requireRenewable(_nodes[certificate.signer], certificate);

        _nodes[certificate.signer] = Node({
            role: certificate.role,
            payout: certificate.payout,
            notAfter: certificate.notAfter,
            epoch: certificate.managerEpoch,
            revoked: false,
            manager: signedBy,
            measurementHash: measurementHash
        });
        emit NodeAdmitted(certificate.signer, certificateHash, signedBy, certificate);
    }

    /// @inheritdoc IEnclaveRegistry
    function revoke(address signer) external {
        if (msg.sender != owner() && !_managers[msg.sender].active) revert RevokerNotAllowed(msg.sender);
        if (_nodes[signer].revoked) revert NodeIsRevoked(signer);
        _nodes[signer].revoked = true;
        emit NodeRevoked(signer, msg.sender);
    }

    /// @inheritdoc IEnclaveRegistry
    function settlement() external view returns (address) {
        return _settlement;
    }

    /// @inheritdoc IEnclaveRegistry
    function manager(address key) external view returns (Manager memory) {
        return _managers[key];
    }

    /// @inheritdoc IEnclaveRegistry
    function isAccepted(uint8 role, bytes32 measurementHash) external view returns (bool) {
        return _accepted[role][measurementHash];
    }

    /// @inheritdoc IEnclaveRegistry
    function node(address signer) external view returns (Node memory) {
        return _nodes[signer];
    }

    /// @inheritdoc IEnclaveRegistry
    function isActive(address signer, uint8 role) external view returns (bool) {
        Node storage seen = _nodes[signer];
        return seen.role == role && block.timestamp <= seen.notAfter && !seen.revoked
            && _isListed(seen.manager, seen.epoch) && _accepted[role][seen.measurementHash];
    }

    function _isListed(address key, uint64 epoch) private view returns (bool) {
        Manager storage listed = _managers[key];
        return listed.active && listed.epoch == epoch;
    }

    /// @dev A node that was never admitted is all zero, and every certificate renews it.
    function _requireRenewable(Node storage seen, NodeCertificate calldata certificate) private view {
        if (seen.revoked) revert NodeIsRevoked(certificate.signer);
        if (seen.role != 0 && seen.role != certificate.role) {
            revert NodeRoleFixed(certificate.signer, seen.role, certificate.role);
        }
        bool newer = certificate.managerEpoch == seen.epoch
            ? certificate.notAfter > seen.notAfter
            : certificate.managerEpoch > seen.epoch;
        if (!newer) revert CertificateNotNewer(certificate.signer, seen.epoch, seen.notAfter);
    }
}
