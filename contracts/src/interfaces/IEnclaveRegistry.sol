// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IManagerAttestation} from "./IManagerAttestation.sol";
import {NodeCertificate, NodeOperation} from "../types/NodeCertificate.sol";

/// @title Who may act as a TEE node of this deployment.
/// @notice Governance (the owner) lists manager keys, accepted measurements, and the platforms of nodes that are
/// trusted widely (managers, TEE-DS, dispatchers) with their operators; a node enters by a certificate that a listed
/// manager signed, and a widely trusted one also by its operator's signature. What widens trust takes effect after a
/// delay, what narrows it at once. A node is active only while everything that it was admitted on still holds.
interface IEnclaveRegistry {
    /// @notice A manager's signing key. Certificates name the epoch that they were signed in.
    struct Manager {
        uint64 epoch; // slot 0: 8 + 8 + 1 bytes
        uint64 from; // seconds since the epoch: trusted from then on
        bool active;
    }

    /// @notice A machine that may run widely trusted nodes, and who answers for it.
    struct Platform {
        address operator; // slot 0: 20 + 8 bytes; zero if the platform is not listed
        uint64 from;
    }

    /// @notice An operator's word that a signing key is of a node of hers.
    struct Operation {
        uint8 role; // slot 0: 1 + 8 + 20 bytes
        uint64 from;
        address operator; // of the platform when she signed
        bytes32 platform; // slot 1
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

    /// @notice What a worker has to have bonded: `amount` from `from` on, `before` until then.
    struct MinimumStake {
        uint128 before; // slot 0: 16 + 16 bytes
        uint128 amount;
        uint64 from; // slot 1
    }

    /// @notice A manager's key was listed, moved to another epoch, or unlisted; effective from `from` on.
    event ManagerChanged(address indexed manager, uint64 epoch, bool active, uint64 from);
    /// @notice A measurement was accepted for a role, from `from` on, or is not accepted any more.
    event MeasurementChanged(uint8 indexed role, bytes32 indexed measurementHash, bool accepted, uint64 from);
    /// @notice A platform was given to an operator, from `from` on, or unlisted (operator zero).
    event PlatformChanged(bytes32 indexed platform, address indexed operator, uint64 from);
    /// @notice An operator answers for a node on a platform of hers, from `from` on.
    event NodeOperated(
        address indexed signer, uint8 indexed role, bytes32 indexed platform, address operator, uint64 from
    );
    /// @notice An operator answers for a node no more.
    event NodeAbandoned(address indexed signer, address indexed operator);
    /// @notice A node entered, or renewed its certificate. `certificateHash` is the certificate's EIP-712 hash.
    event NodeAdmitted(
        address indexed signer, bytes32 indexed certificateHash, address indexed manager, NodeCertificate certificate
    );
    /// @notice A node was shut out for ever.
    event NodeRevoked(address indexed signer, address indexed by);

    /// @notice Workers need a stake of `amount`, from `from` on.
    event MinimumStakeChanged(uint128 amount, uint64 from);

    /// @notice Governance stopped the market, or opened it again.
    event PauseChanged(bool paused);

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
    error TrustDelayTooLong(uint64 trustDelay, uint64 max);
    error PlatformNotListed(bytes32 platform);
    /// @notice A key has one operator for ever; another node has another key.
    error NodeIsOperated(address signer);
    error OperatorOnly(address operator, address caller);
    error NodeNotOperated(address signer, uint8 role);
    /// @notice Governance has paused the market: nothing new is taken on. What is held can still be taken out.
    error MarketPaused();
    error PauseUnchanged(bool paused);
    /// @notice A worker needs a stake before it is admitted: bond for its key.
    error StakeTooSmall(address signer, uint128 minimum);

    /// @notice Lists (or unlists) a manager's signing key in an epoch. Owner only.
    /// @dev Listing takes effect after the trust delay and once its operator answers for it, see {operate}. Unlisting it, or moving it to another epoch, deactivates every node that it admitted before at once.
    function setManager(address manager, uint64 epoch, bool active) external;

    /// @notice Accepts a measurement for a role after the trust delay, or stops accepting it at once. Owner only.
    /// @dev Nodes admitted with a measurement that is not accepted any more are inactive at once.
    /// @param measurementHash keccak256 of the measurement's bytes
    function setMeasurement(uint8 role, bytes32 measurementHash, bool accepted) external;

    /// @notice Gives a platform to an operator after the trust delay, or takes it away (operator zero) at once, and with
    /// it everything that runs there. Owner only.
    /// @param platform keccak256 of the platform's identity as its evidence has it (PPID, CHIP_ID)
    function setPlatform(bytes32 platform, address operator) external;

    /// @notice An operator answers for a manager, TEE-DS node or dispatcher on a platform of hers; effective after the
    /// trust delay. Anybody may call it: her signature is the authority.
    /// @param signature by the platform's operator, over the operation's EIP-712 hash
    function operate(NodeOperation calldata operation, bytes calldata signature) external;

    /// @notice An operator answers for a node of hers no more, at once and for ever.
    function abandon(address signer) external;

    /// @notice Admits a node, or renews its admission. Anybody may call it: the manager's signature is the authority.
    /// @param signature by a manager that is active in the certificate's epoch, over the certificate's EIP-712 hash
    function admit(NodeCertificate calldata certificate, bytes calldata signature) external;

    /// @notice Shuts a signing key out for ever, also before it was admitted. Owner, an active manager, or the contract
    /// of the stakes for a worker that it convicted.
    function revoke(address signer) external;

    /// @notice Asks workers for a stake, or for none: more at once, less after the trust delay. Owner only.
    /// @dev A worker with less is active no more at once, and admitted no more one withdraw delay after a rise. What it did
    /// while it was admitted stays good, see {servedUntil}. The other roles have operators who answer for them, and a dispatcher's stake bounds its batches.
    function setMinimumStake(uint128 amount) external;

    /// @notice Stops admissions, batches, requests and bonds, or lets them go on. Owner only.
    /// @dev Never stops what takes money out: withdrawing, releasing, reclaiming, claiming, unbonding, challenging and
    /// answering ask nobody.
    function setPaused(bool paused) external;

    /// @notice The settlement contract of this deployment, part of the EIP-712 domain.
    function settlement() external view returns (address);

    /// @notice Seconds between a decision that widens trust and its effect.
    function trustDelay() external view returns (uint64);

    /// @notice The manager as it is listed, effective or not; all zero if it is not.
    function manager(address key) external view returns (Manager memory);

    /// @notice The platform as it is listed, effective or not; all zero if it is not.
    function platform(bytes32 platform) external view returns (Platform memory);

    /// @notice What a platform's operator signed for a node; all zero if nothing.
    function operation(address signer) external view returns (Operation memory);

    /// @notice Where managers prove by quotes what they run; zero if this deployment does not ask for that.
    function managerAttestation() external view returns (IManagerAttestation);

    /// @notice Whether `key` may sign certificates of `epoch` now: listed, effective, its operator answers for it, and,
    /// where this deployment asks for it, a quote that is fresh enough proves what the manager runs.
    function isManager(address key, uint64 epoch) external view returns (bool);

    /// @notice Whether the operator of a listed platform answers for `signer` in `role` now.
    function isOperated(address signer, uint8 role) external view returns (bool);

    /// @notice Whether a measurement is accepted for a role now.
    function isAccepted(uint8 role, bytes32 measurementHash) external view returns (bool);

    /// @notice The node as it was last admitted; all zero if it never was.
    function node(address signer) external view returns (Node memory);

    /// @notice When a key was revoked; 0 if it was not.
    function revokedAt(address signer) external view returns (uint64);

    /// @notice Whether `signer` was admitted in `role` and had neither expired nor been revoked before `time`: what it
    /// signed until then is not taken back by what happened to it later.
    function servedUntil(address signer, uint8 role, uint256 time) external view returns (bool);

    /// @notice What a worker has to have bonded now; 0 if nothing.
    function minimumStake() external view returns (uint128);

    /// @notice Whether that much is bonded for `signer`; what is being unbonded does not count.
    function isStaked(address signer) external view returns (bool);

    /// @notice Since when the market has not been paused; the largest value while it is.
    function openSince() external view returns (uint64);

    /// @notice Fails while the market is paused.
    function requireOpen() external view;

    /// @notice Whether `signer` may act in `role` now: admitted, not revoked, not expired, its manager's epoch and
    /// its measurement are still accepted, and its operator answers for it or, for a worker, enough is bonded.
    function isActive(address signer, uint8 role) external view returns (bool);
}
