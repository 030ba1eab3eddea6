// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Anchor} from "../types/Anchor.sol";
import {SignedBatch} from "../types/Batch.sol";

/// @title The newest state of streams, so that an old disk or a forked replica set is found out.
/// @notice A stream belongs to one manager or TEE-DS node, which alone moves it on: by (epoch, index), never back, and
/// only from the epoch that it knows. A stream's name has its first owner in it, so nobody takes it beforehand.
interface IStateAnchor {
    struct Stream {
        address owner; // slot 0: 20 bytes
        uint64 epoch; // slot 1: 8 + 8 + 5 bytes
        uint64 index;
        uint40 anchoredAt;
        bytes32 digest; // slot 2
    }

    event Anchored(bytes32 indexed stream, address indexed owner, uint64 indexed epoch, uint64 index, bytes32 digest);
    event StreamOpened(bytes32 indexed stream, address indexed owner, bytes32 salt);
    event StreamHandedOver(bytes32 indexed stream, address indexed from, address indexed to);

    error OwnerNotActive(address owner);
    error StreamExists(bytes32 stream);
    error StreamUnknown(bytes32 stream);
    error OwnerOnly(bytes32 stream, address owner, address signer);
    /// @notice Somebody else has moved the stream on: read it again.
    error EpochChanged(bytes32 stream, uint64 expected, uint64 seen);
    error AnchorNotNewer(bytes32 stream, uint64 epoch, uint64 index);
    error SignaturesMissing(uint256 anchors, uint256 signatures);

    /// @notice Makes a stream of `owner`, an active manager or TEE-DS node.
    /// @return stream its name, see {streamOf}
    function open(address owner, bytes32 salt) external returns (bytes32 stream);

    /// @notice Moves a stream on. Anybody may call it: the owner's signature is the authority.
    function anchor(Anchor calldata next, bytes calldata signature) external;

    /// @notice `anchor` for each, and then `Settlement.settle`, in one transaction.
    function anchorAndSettle(Anchor[] calldata anchors, bytes[] calldata anchorSignatures, SignedBatch calldata batch)
        external;

    /// @notice Gives a stream to another active node. By an active manager, since the owner may be lost.
    function handOver(bytes32 stream, address to) external;

    /// @notice The settlement contract whose registry says who may anchor.
    function settlement() external view returns (address);

    /// @notice The newest anchor of a stream; all zero if it was never anchored.
    function stream(bytes32 name) external view returns (Stream memory);

    /// @notice The name of the stream that `owner` begins with `salt`.
    function streamOf(address owner, bytes32 salt) external pure returns (bytes32);
}
