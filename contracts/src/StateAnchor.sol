// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStateAnchor} from "./interfaces/IStateAnchor.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {Anchor} from "./types/Anchor.sol";
import {SignedBatch} from "./types/Batch.sol";
import {Roles} from "./types/NodeCertificate.sol";

/// @title Anchors of streams, see {IStateAnchor}.
contract StateAnchor is IStateAnchor {
    ISettlement private immutable _settlement;
    IEnclaveRegistry private immutable _registry;

    mapping(bytes32 name => Stream) private _streams;

    constructor(ISettlement settlement_) {
        _settlement = settlement_;
        _registry = settlement_.registry();
    }

    /// @inheritdoc IStateAnchor
    function open(address owner, bytes32 salt) external returns (bytes32 name) {
        _requireActive(owner);
        name = streamOf(owner, salt);
        if (_streams[name].owner != address(0)) revert StreamExists(name);
        _streams[name].owner = owner;
        emit StreamOpened(name, owner, salt);
    }

    /// @inheritdoc IStateAnchor
    function anchor(Anchor calldata next, bytes calldata signature) external {
        _anchor(next, signature);
    }

    /// @inheritdoc IStateAnchor
    function anchorAndSettle(Anchor[] calldata anchors, bytes[] calldata anchorSignatures, SignedBatch calldata batch)
        external
    {
        if (anchors.length != anchorSignatures.length) {
            revert SignaturesMissing(anchors.length, anchorSignatures.length);
        }
        for (uint256 i = 0; i < anchors.length; i++) {
            _anchor(anchors[i], anchorSignatures[i]);
        }
        _settlement.settle(batch);
    }

    /// @inheritdoc IStateAnchor
    function handOver(bytes32 name, address to) external {
        if (!_registry.isActive(msg.sender, Roles.MANAGER)) revert OwnerNotActive(msg.sender);
        address from = _requireOwner(name);
        _requireActive(to);
        _streams[name].owner = to;
        emit StreamHandedOver(name, from, to);
    }

    /// @inheritdoc IStateAnchor
    function settlement() external view returns (address) {
        return address(_settlement);
    }

    /// @inheritdoc IStateAnchor
    function stream(bytes32 name) external view returns (Stream memory) {
        return _streams[name];
    }

    /// @inheritdoc IStateAnchor
    function streamOf(address owner, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(owner, salt));
    }

    function _anchor(Anchor calldata next, bytes calldata signature) private {
        address owner = _requireOwner(next.stream);
        bytes32 hash = TypedData.digest(address(_settlement), TypedData.hash(next));
        address signer = ECDSA.recoverCalldata(hash, signature);
        if (signer != owner) revert OwnerOnly(next.stream, owner, signer);
        _requireActive(owner);
        Stream storage seen = _streams[next.stream];
        (uint64 epoch, uint64 index) = (seen.epoch, seen.index);
        if (next.expectedEpoch != epoch) revert EpochChanged(next.stream, next.expectedEpoch, epoch);
        bool newer = next.epoch == epoch ? next.index > index : next.epoch > epoch;
        if (!newer) revert AnchorNotNewer(next.stream, epoch, index);
        (seen.epoch, seen.index, seen.anchoredAt) = (next.epoch, next.index, uint40(block.timestamp));
        seen.digest = next.digest;
        emit Anchored(next.stream, owner, next.epoch, next.index, next.digest);
    }

    function _requireOwner(bytes32 name) private view returns (address owner) {
        owner = _streams[name].owner;
        if (owner == address(0)) revert StreamUnknown(name);
    }

    function _requireActive(address owner) private view {
        bool active = _registry.isActive(owner, Roles.STORE) || _registry.isActive(owner, Roles.MANAGER);
        if (!active) revert OwnerNotActive(owner);
    }
}
