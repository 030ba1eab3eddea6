// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {NodeCertificate} from "../types/NodeCertificate.sol";

/// @title Who may act as a TEE node of this deployment.
/// @notice Governance (the owner) lists manager keys and accepted measurements; a node enters by a certificate that a
/// listed manager signed. A node is active only while everything that it was admitted on still holds.
interface IEnclaveRegistry {
    /// @notice A manager's signing key. Certificates name the epoch that they were signed in.
    struct Manager {
        uint64 epoch; // slot 0: 8 + 1 bytes
        bool active;
    }

    /// @notice What the last admitted certificate of a signing key says, and who signed it.
    struct Node {
        uint8 role; // slot 0: 1 + 20 + 8 bytes
        address payout;
        uint64 notAfter; // seconds since the epoch, inclusive
        uint64 epoch; // slot 1: 8 + 1 + 20 bytes
        bool revoked; // for ever: a revoked node comes back under a new key only
        address manager;
        bytes32 measurementHash; // slot 2: keccak256 of the certificate's measurement
    }

    /// @notice A manager's key was listed, moved to another epoch, or unlisted.
    event ManagerChanged(address indexed manager, uint64 epoch, bool active);
    /// @notice A measurement was accepted for a role, or is not accepted any more.
    event MeasurementChanged(uint8 indexed role, bytes32 indexed measurementHash, bool accepted);
    /// @notice A node entered, or renewed its certificate. `certificateHash` is the certificate's EIP-712 hash.
    event NodeAdmitted(
        address indexed signer, bytes32 indexed certificateHash, address indexed manager, NodeCertificate certificate
    );
    /// @notice A node was shut out for ever.
    event NodeRevoked(address indexed signer, address indexed by);

    error RoleUnknown(uint8 role);
    error ManagerNotActive(address manager, uint64 epoch);
    error MeasurementNotAccepted(uint8 role, bytes32 measurementHash);
    error CertificateExpired(uint64 notAfter, uint256 time);
    /// @notice A certificate must be later than the admitted one, by epoch, then by `notAfter`: no old one comes back.
    error CertificateNotNewer(address signer, uint64 epoch, uint64 notAfter);
    error NodeRoleFixed(address signer, uint8 role, uint8 requested);
    error NodeIsRevoked(address signer);
    error RevokerNotAllowed(address caller);
    error SignerMissing();

    /// @notice Lists (or unlists) a manager's signing key in an epoch. Owner only.
    /// @dev Unlisting it, or moving it to another epoch, deactivates every node that it admitted before at once.
    function setManager(address manager, uint64 epoch, bool active) external;

    /// @notice Accepts a measurement for a role, or stops accepting it. Owner only.
    /// @dev Nodes admitted with a measurement that is not accepted any more are inactive at once.
    /// @param measurementHash keccak256 of the measurement's bytes
    function setMeasurement(uint8 role, bytes32 measurementHash, bool accepted) external;

    /// @notice Admits a node, or renews its admission. Anybody may call it: the manager's signature is the authority.
    /// @param signature by a manager that is active in the certificate's epoch, over the certificate's EIP-712 hash
    function admit(NodeCertificate calldata certificate, bytes calldata signature) external;

    /// @notice Shuts a signing key out for ever, also before it was admitted. Owner or an active manager.
    function revoke(address signer) external;

    /// @notice The settlement contract of this deployment, part of the EIP-712 domain.
    function settlement() external view returns (address);

    function manager(address key) external view returns (Manager memory);

    function isAccepted(uint8 role, bytes32 measurementHash) external view returns (bool);

    /// @notice The node as it was last admitted; all zero if it never was.
    function node(address signer) external view returns (Node memory);

    /// @notice Whether `signer` may act in `role` now: admitted, not revoked, not expired, and its manager's epoch and
    /// its measurement are still accepted.
    function isActive(address signer, uint8 role) external view returns (bool);
}
