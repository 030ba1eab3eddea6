// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {IManagerAttestation} from "./interfaces/IManagerAttestation.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {NodeCertificate, NodeOperation, Roles} from "./types/NodeCertificate.sol";

/// @title Registry of the nodes that may act, see {IEnclaveRegistry}.
contract EnclaveRegistry is IEnclaveRegistry, Ownable2Step {
    /// @dev Longer, and a recovery from a broken measurement would take longer than its users can wait.
    uint64 private constant TRUST_DELAY_MAX = 30 days;

    address private immutable _settlement;
    uint64 private immutable _trustDelay;
    IManagerAttestation private immutable _attestation;

    mapping(address key => Manager) private _managers;
    mapping(uint8 role => mapping(bytes32 measurementHash => uint64 from)) private _acceptedFrom; // 0: not accepted
    mapping(bytes32 platform => Platform) private _platforms;
    mapping(address signer => Operation) private _operations;
    mapping(address signer => Node) private _nodes;
    mapping(address signer => uint64) private _revokedAt; // 0: not revoked
    uint64 private _openSince; // type(uint64).max: paused
    MinimumStake private _minimumStake;

    /// @param owner governance; a timelock or multi-signature account in production
    /// @param settlement_ the settlement contract, which is deployed after this one: its predicted address
    /// @param trustDelay_ seconds between a decision that widens trust and its effect; 0 for development only
    /// @param attestation_ where managers prove by quotes what they run: no key of another one is a manager's. Deployed
    /// after this one, too: its predicted address. Zero where managers have no such TEE
    constructor(address owner, address settlement_, uint64 trustDelay_, IManagerAttestation attestation_)
        Ownable(owner)
    {
        if (trustDelay_ > TRUST_DELAY_MAX) revert TrustDelayTooLong(trustDelay_, TRUST_DELAY_MAX);
        _settlement = settlement_;
        _trustDelay = trustDelay_;
        _attestation = attestation_;
    }

    /// @inheritdoc IEnclaveRegistry
    function setManager(address key, uint64 epoch, bool active) external onlyOwner {
        Manager memory seen = _managers[key];
        // Another epoch of a key that is trusted already widens nothing, and shuts out what it admitted before at once.
        uint64 from = seen.active ? seen.from : _effective();
        _managers[key] = Manager({epoch: epoch, from: active ? from : 0, active: active});
        emit ManagerChanged(key, epoch, active, _managers[key].from);
    }

    /// @inheritdoc IEnclaveRegistry
    function setMeasurement(uint8 role, bytes32 measurementHash, bool accepted) external onlyOwner {
        if (role < Roles.MANAGER || role > Roles.WORKER) revert RoleUnknown(role);
        uint64 seen = _acceptedFrom[role][measurementHash];
        uint64 from = !accepted ? 0 : seen != 0 ? seen : _effective();
        _acceptedFrom[role][measurementHash] = from;
        emit MeasurementChanged(role, measurementHash, accepted, from);
    }

    /// @inheritdoc IEnclaveRegistry
    function setPlatform(bytes32 platform_, address operator) external onlyOwner {
        Platform memory seen = _platforms[platform_];
        if (seen.operator == operator) return;
        uint64 from = operator == address(0) ? 0 : _effective();
        _platforms[platform_] = Platform({operator: operator, from: from});
        emit PlatformChanged(platform_, operator, from);
    }

    /// @inheritdoc IEnclaveRegistry
    function setMinimumStake(uint128 amount) external onlyOwner {
        uint128 seen = minimumStake();
        uint64 from = amount < seen ? _effective() : uint64(block.timestamp);
        _minimumStake = MinimumStake({before: seen, amount: amount, from: from});
        emit MinimumStakeChanged(amount, from);
    }

    /// @inheritdoc IEnclaveRegistry
    function setPaused(bool paused) external onlyOwner {
        if (paused == (_openSince == type(uint64).max)) revert PauseUnchanged(paused);
        _openSince = paused ? type(uint64).max : uint64(block.timestamp);
        emit PauseChanged(paused);
    }

    /// @inheritdoc IEnclaveRegistry
    function operate(NodeOperation calldata operation_, bytes calldata signature) external {
        address operator = _platforms[operation_.platform].operator;
        if (operator == address(0)) revert PlatformNotListed(operation_.platform);
        if (!_isWidelyTrusted(operation_.role)) revert RoleUnknown(operation_.role);
        if (operation_.signer == address(0)) revert SignerMissing();
        TypedData.requireSignedBy(operator, TypedData.digest(_settlement, TypedData.hash(operation_)), signature);
        if (_operations[operation_.signer].operator != address(0)) revert NodeIsOperated(operation_.signer);
        uint64 from = _effective();
        _operations[operation_.signer] =
            Operation({role: operation_.role, from: from, operator: operator, platform: operation_.platform});
        emit NodeOperated(operation_.signer, operation_.role, operation_.platform, operator, from);
    }

    /// @inheritdoc IEnclaveRegistry
    function abandon(address signer) external {
        address operator = _operations[signer].operator;
        if (operator == address(0) || msg.sender != operator) revert OperatorOnly(operator, msg.sender);
        // The operator stays, so that nobody replays her signature.
        _operations[signer].from = 0;
        emit NodeAbandoned(signer, operator);
    }

    /// @inheritdoc IEnclaveRegistry
    function admit(NodeCertificate calldata certificate, bytes calldata signature) external {
        requireOpen();
        bytes32 certificateHash = TypedData.digest(_settlement, TypedData.hash(certificate));
        address signedBy = ECDSA.recoverCalldata(certificateHash, signature);
        bytes32 measurementHash = keccak256(certificate.measurement);
        if (!isManager(signedBy, certificate.managerEpoch)) {
            revert ManagerNotActive(signedBy, certificate.managerEpoch);
        }
        if (certificate.signer == address(0)) revert SignerMissing();
        if (!isAccepted(certificate.role, measurementHash)) {
            revert MeasurementNotAccepted(certificate.role, measurementHash);
        }
        if (_isWidelyTrusted(certificate.role) && !isOperated(certificate.signer, certificate.role)) {
            revert NodeNotOperated(certificate.signer, certificate.role);
        }
        if (certificate.notAfter < block.timestamp) {
            revert CertificateExpired(certificate.notAfter, block.timestamp);
        }
        if (certificate.role == Roles.WORKER) {
            uint128 minimum = _admissionStake();
            if (!_isStaked(certificate.signer, minimum)) revert StakeTooSmall(certificate.signer, minimum);
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
        if (!_mayRevoke(msg.sender)) revert RevokerNotAllowed(msg.sender);
        if (_nodes[signer].revoked) revert NodeIsRevoked(signer);
        _nodes[signer].revoked = true;
        _revokedAt[signer] = uint64(block.timestamp);
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
    function trustDelay() external view returns (uint64) {
        return _trustDelay;
    }

    /// @inheritdoc IEnclaveRegistry
    function managerAttestation() external view returns (IManagerAttestation) {
        return _attestation;
    }

    /// @inheritdoc IEnclaveRegistry
    function platform(bytes32 platform_) external view returns (Platform memory) {
        return _platforms[platform_];
    }

    /// @inheritdoc IEnclaveRegistry
    function operation(address signer) external view returns (Operation memory) {
        return _operations[signer];
    }

    /// @inheritdoc IEnclaveRegistry
    function isAccepted(uint8 role, bytes32 measurementHash) public view returns (bool) {
        return _isEffective(_acceptedFrom[role][measurementHash]);
    }

    /// @inheritdoc IEnclaveRegistry
    function isOperated(address signer, uint8 role) public view returns (bool) {
        Operation storage seen = _operations[signer];
        Platform storage on = _platforms[seen.platform];
        return seen.role == role && _isEffective(seen.from) && on.operator == seen.operator && _isEffective(on.from);
    }

    /// @inheritdoc IEnclaveRegistry
    function isManager(address key, uint64 epoch) public view returns (bool) {
        Manager storage listed = _managers[key];
        return listed.active && listed.epoch == epoch && _isEffective(listed.from) && isOperated(key, Roles.MANAGER)
            && (address(_attestation) == address(0) || _attestation.isAttested(key));
    }

    /// @inheritdoc IEnclaveRegistry
    function node(address signer) external view returns (Node memory) {
        return _nodes[signer];
    }

    /// @inheritdoc IEnclaveRegistry
    function revokedAt(address signer) external view returns (uint64) {
        return _revokedAt[signer];
    }

    /// @inheritdoc IEnclaveRegistry
    function servedUntil(address signer, uint8 role, uint256 time) external view returns (bool) {
        Node storage seen = _nodes[signer];
        return seen.role == role && seen.notAfter >= time && (!seen.revoked || _revokedAt[signer] >= time);
    }

    /// @inheritdoc IEnclaveRegistry
    function openSince() external view returns (uint64) {
        return _openSince;
    }

    /// @inheritdoc IEnclaveRegistry
    function requireOpen() public view {
        if (_openSince == type(uint64).max) revert MarketPaused();
    }

    /// @inheritdoc IEnclaveRegistry
    function isActive(address signer, uint8 role) external view returns (bool) {
        Node storage seen = _nodes[signer];
        return seen.role == role && block.timestamp <= seen.notAfter && !seen.revoked
            && isManager(seen.manager, seen.epoch) && isAccepted(role, seen.measurementHash)
            && (_isWidelyTrusted(role) ? isOperated(signer, role) : isStaked(signer));
    }

    /// @inheritdoc IEnclaveRegistry
    function minimumStake() public view returns (uint128) {
        return block.timestamp < _minimumStake.from ? _minimumStake.before : _minimumStake.amount;
    }

    /// @inheritdoc IEnclaveRegistry
    function isStaked(address signer) public view returns (bool) {
        return _isStaked(signer, minimumStake());
    }

    /// @dev Who worked under a smaller minimum is still let in for one withdraw delay, in which its receipts are settled;
    /// it is not active. Otherwise a rise would take them out of the batches of honest dispatchers.
    function _admissionStake() private view returns (uint128) {
        bool raised = _minimumStake.amount > _minimumStake.before;
        if (raised && block.timestamp <= _minimumStake.from + ISettlement(_settlement).withdrawDelay()) {
            return _minimumStake.before;
        }
        return minimumStake();
    }

    function _isStaked(address signer, uint128 minimum) private view returns (bool) {
        return minimum == 0 || ISettlement(_settlement).stakes().bonded(signer) >= minimum;
    }

    /// @dev Asked last, since the answer is in another contract.
    function _mayRevoke(address caller) private view returns (bool) {
        return caller == owner() || _managers[caller].active || caller == address(ISettlement(_settlement).stakes());
    }

    /// @dev Roles in which one broken node harms everybody, so that evidence alone never opens them.
    function _isWidelyTrusted(uint8 role) private pure returns (bool) {
        return role >= Roles.MANAGER && role <= Roles.DISPATCHER;
    }

    /// @dev When what is decided now takes effect.
    function _effective() private view returns (uint64) {
        return uint64(block.timestamp) + _trustDelay;
    }

    function _isEffective(uint64 from) private view returns (bool) {
        return from != 0 && block.timestamp >= from;
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
