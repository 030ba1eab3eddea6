// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IEnclaveRegistry} from "../interfaces/IEnclaveRegistry.sol";
import {IManagerAttestation} from "../interfaces/IManagerAttestation.sol";
import {IQuoteVerifier} from "../interfaces/IQuoteVerifier.sol";
import {Roles} from "../types/NodeCertificate.sol";
import {TcbStatus, Tee} from "../types/Tcb.sol";
import {Sha512} from "./libraries/Sha512.sol";

/// @title Quotes of managers, see {IManagerAttestation}.
contract ManagerAttestation is IManagerAttestation, Ownable2Step {
    /// @dev Intel's documents live a month, so a quote that counted longer would outlive what it was judged by.
    uint64 private constant LIFE_MAX = 30 days;

    /// @dev PROVISION_KEY and EINITTOKEN_KEY: the keys that tell machines apart, and that let other enclaves start.
    bytes8 private constant SGX_REFUSED = 0x3000000000000000;
    /// @dev SEPT_VE_DISABLE: the host cannot make the domain's accesses fail in a way that it has to handle.
    bytes8 private constant TD_REQUIRED = 0x0000001000000000;
    /// @dev And PKS, which only a kernel uses for itself. Migration, key locker and performance counters are off.
    bytes8 private constant TD_ALLOWED = 0x0000005000000000;

    IEnclaveRegistry private immutable _registry;
    IQuoteVerifier private immutable _verifier;
    uint64 private immutable _life;

    uint32 private _evaluationNumberMin;
    mapping(address key => Attestation) private _attestations;

    /// @param owner governance, as of the registry
    /// @param life_ seconds after which a manager needs another quote
    constructor(address owner, IEnclaveRegistry registry, IQuoteVerifier verifier_, uint64 life_) Ownable(owner) {
        if (life_ == 0 || life_ > LIFE_MAX) revert LifeOutOfRange(life_, LIFE_MAX);
        (_registry, _verifier, _life) = (registry, verifier_, life_);
    }

    /// @inheritdoc IManagerAttestation
    function attestManager(address key, uint256 blockNumber, bytes calldata quote) external {
        IQuoteVerifier.Verdict memory verdict = _verifier.verify(quote);
        _requireBound(key, blockNumber, verdict.reportData);
        if (verdict.status != TcbStatus.UpToDate) revert TcbStatusNotAccepted(verdict.status);
        if (verdict.evaluationNumber < _evaluationNumberMin) {
            revert EvaluationTooEarly(verdict.evaluationNumber, _evaluationNumberMin);
        }
        _requireAttributes(verdict.tee, verdict.attributes);
        // Nobody but a manager's own code, on its operator's platform, can replace what is known of a key.
        bytes32 measurementHash = keccak256(verdict.measurement);
        if (!_registry.isAccepted(Roles.MANAGER, measurementHash)) revert MeasurementNotAccepted(measurementHash);
        bytes32 operated = _registry.operation(key).platform;
        if (verdict.platform != operated) revert PlatformNotOfOperator(verdict.platform, operated);

        uint64 until = uint64(block.timestamp) + _life;
        if (verdict.until < until) until = verdict.until;
        _attestations[key] = Attestation({
            measurementHash: measurementHash,
            platform: verdict.platform,
            until: until,
            blockNumber: uint64(blockNumber),
            evaluationNumber: verdict.evaluationNumber
        });
        emit ManagerAttested(key, measurementHash, verdict.platform, until, verdict.evaluationNumber);
    }

    /// @inheritdoc IManagerAttestation
    function setEvaluationNumberMin(uint32 evaluationNumberMin_) external onlyOwner {
        _evaluationNumberMin = evaluationNumberMin_;
        emit EvaluationNumberMinChanged(evaluationNumberMin_);
    }

    /// @inheritdoc IManagerAttestation
    function isAttested(address key) external view returns (bool) {
        Attestation memory known = _attestations[key];
        return block.timestamp <= known.until && known.evaluationNumber >= _evaluationNumberMin
            && _registry.isAccepted(Roles.MANAGER, known.measurementHash);
    }

    /// @inheritdoc IManagerAttestation
    function reportData(address key, bytes32 blockHash) public view returns (bytes memory) {
        (bytes32 high, bytes32 low) = Sha512.sha512(
            abi.encodePacked(
                "TEEX-RA-1",
                Roles.MANAGER,
                uint16(20),
                key,
                uint16(32),
                blockHash,
                uint16(28),
                uint64(block.chainid),
                address(this)
            )
        );
        return abi.encodePacked(high, low);
    }

    /// @inheritdoc IManagerAttestation
    function attestation(address key) external view returns (Attestation memory) {
        return _attestations[key];
    }

    /// @inheritdoc IManagerAttestation
    function evaluationNumberMin() external view returns (uint32) {
        return _evaluationNumberMin;
    }

    /// @inheritdoc IManagerAttestation
    function life() external view returns (uint64) {
        return _life;
    }

    /// @inheritdoc IManagerAttestation
    function verifier() external view returns (IQuoteVerifier) {
        return _verifier;
    }

    /// @dev A quote has no time of its own: that it carries the hash of a recent block makes it recent.
    function _requireBound(address key, uint256 blockNumber, bytes memory seen) private view {
        uint64 known = _attestations[key].blockNumber;
        if (blockNumber <= known) revert QuoteNotNewer(blockNumber, known);
        bytes32 blockHash = blockhash(blockNumber);
        if (blockHash == 0) revert BlockNotRecent(blockNumber, block.number);
        bytes memory expected = reportData(key, blockHash);
        if (keccak256(seen) != keccak256(expected)) revert ReportDataMismatch(seen, expected);
    }

    /// @dev What the measurement does not cover, and the verifier leaves to its caller.
    function _requireAttributes(Tee tee, bytes8 attributes) private pure {
        bool accepted = tee == Tee.Sgx
            ? attributes & SGX_REFUSED == 0
            : attributes & TD_REQUIRED == TD_REQUIRED && attributes & ~TD_ALLOWED == 0;
        if (!accepted) revert AttributesNotAccepted(attributes);
    }
}
