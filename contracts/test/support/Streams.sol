// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {StateAnchor} from "../../src/StateAnchor.sol";
import {Anchor} from "../../src/types/Anchor.sol";
import {SignedBatch} from "../../src/types/Batch.sol";
import {NodeCertificate, Roles} from "../../src/types/NodeCertificate.sol";
import {Courtroom} from "./Courtroom.sol";

/// @notice The part of the random histories that moves streams: two stores and a manager, a stream of each, anchors that
/// rise, and attempts to take a stream back.
abstract contract Streams is Courtroom {
    uint256 public constant STREAMS = 3;

    /// @notice Where a stream has to be: by whom and with what it was moved last.
    struct Position {
        uint256 owner; // in `_owners`
        Anchor last;
    }

    string[3] private _owners = ["store 0", "store 1", "manager"];
    StateAnchor private _anchors;
    Position[] private _positions;
    bytes[] private _moves; // each an encoded (Anchor, signature) that was taken

    /// @notice How many attacks succeeded, and how many moves did not rise.
    uint256 public breaches;

    function openStreams() internal {
        _anchors = new StateAnchor(settlement);
        vm.startPrank(GOVERNANCE);
        registry.setMeasurement(Roles.STORE, keccak256(MEASUREMENT), true);
        registry.setMeasurement(Roles.MANAGER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        for (uint256 i = 0; i < STREAMS; i++) {
            uint8 role = i == STREAMS - 1 ? Roles.MANAGER : Roles.STORE;
            operate(role, _owners[i]);
            admitForEver(role, _owners[i]);
            _positions.push().owner = i;
            _positions[i].last.stream = _anchors.open(accountOf(_owners[i]), bytes32(i));
        }
    }

    function admitForEver(uint8 role, string memory name) internal {
        NodeCertificate memory certificate = aCertificate(role, name);
        certificate.notAfter = type(uint64).max;
        registry.admit(certificate, signed(certificate, "manager"));
    }

    // Valid actions.

    function anchor(uint256 which, uint64 rise, bool newEpoch) external {
        (Anchor memory next, bytes memory signature) = move(which, rise, newEpoch);
        _anchors.anchor(next, signature);
        moved(which, next, signature);
    }

    function handOver(uint256 which, uint256 heir) external {
        Position storage position = _positions[which % STREAMS];
        position.owner = heir % STREAMS;
        vm.prank(accountOf("manager"));
        _anchors.handOver(position.last.stream, accountOf(_owners[position.owner]));
    }

    /// @dev A batch that is in order, with the moves of two streams.
    function anchorAndSettle(SignedBatch memory batch, uint256 seed) internal {
        (Anchor[] memory moves, bytes[] memory signatures) = (new Anchor[](2), new bytes[](2));
        for (uint256 i = 0; i < 2; i++) {
            (moves[i], signatures[i]) = move(seed % STREAMS + i, uint64(seed >> 64), seed % 8 == 0);
        }
        _anchors.anchorAndSettle(moves, signatures, batch);
        for (uint256 i = 0; i < 2; i++) {
            moved(seed % STREAMS + i, moves[i], signatures[i]);
        }
    }

    // Attacks.

    function replayAnchor(uint256 index) external {
        if (_moves.length == 0) return;
        (Anchor memory old, bytes memory signature) = abi.decode(_moves[index % _moves.length], (Anchor, bytes));
        attempt(old, signature);
    }

    /// @dev By the owner and in the epoch that she sees, to where the stream is or was.
    function anchorBack(uint256 which, uint64 epoch, uint64 index) external {
        Anchor memory next = _positions[which % STREAMS].last;
        next.expectedEpoch = next.epoch;
        next.epoch = uint64(within(epoch, 0, next.epoch));
        if (next.epoch == next.expectedEpoch) next.index = uint64(within(index, 0, next.index));
        else next.index = index;
        next.digest = "back";
        attempt(next, signed(next, ownerOf(which)));
    }

    /// @dev By the owner, who saw another epoch than there is: the second of two that took the stream over.
    function anchorUnseen(uint256 which, uint64 expected) external {
        (Anchor memory next,) = move(which, 0, true);
        if (expected == next.expectedEpoch) return;
        next.expectedEpoch = expected;
        attempt(next, signed(next, ownerOf(which)));
    }

    function anchorAsAnother(uint256 which, uint256 other, uint64 rise) external {
        if (_positions[which % STREAMS].owner == other % STREAMS) return;
        (Anchor memory next,) = move(which, rise, false);
        attempt(next, signed(next, _owners[other % STREAMS]));
    }

    function handOverAsAStore(uint256 which, uint256 heir) external {
        bytes32 stream = _positions[which % STREAMS].last.stream;
        vm.prank(accountOf(_owners[which % (STREAMS - 1)]));
        try _anchors.handOver(stream, accountOf(_owners[heir % STREAMS])) {
            breaches++;
        } catch {}
    }

    /// @dev A move that is in order does not happen if the batch beside it is refused.
    function attemptWithAnchor(SignedBatch memory refused, uint256 which) internal {
        (Anchor[] memory moves, bytes[] memory signatures) = (new Anchor[](1), new bytes[](1));
        (moves[0], signatures[0]) = move(which, 1, false);
        try _anchors.anchorAndSettle(moves, signatures, refused) {
            breaches++;
        } catch {}
    }

    // What the invariants read.

    function anchors() external view returns (StateAnchor) {
        return _anchors;
    }

    function positionOf(uint256 which) external view returns (address owner, Anchor memory last) {
        return (accountOf(ownerOf(which)), _positions[which].last);
    }

    function move(uint256 which, uint64 rise, bool newEpoch)
        private
        view
        returns (Anchor memory next, bytes memory signature)
    {
        next = _positions[which % STREAMS].last;
        next.expectedEpoch = next.epoch;
        // A new epoch may begin at any index; where none is left, only a new epoch moves the stream on.
        if (newEpoch || next.index > type(uint64).max - 100) (next.epoch, next.index) = (next.epoch + 1, rise);
        else next.index += 1 + rise % 100;
        next.digest = keccak256(abi.encode(next.epoch, next.index));
        signature = signed(next, ownerOf(which));
    }

    function moved(uint256 which, Anchor memory next, bytes memory signature) private {
        Position storage position = _positions[which % STREAMS];
        if (heightOf(next) <= heightOf(position.last)) breaches++;
        position.last = next;
        _moves.push(abi.encode(next, signature));
    }

    function attempt(Anchor memory next, bytes memory signature) private {
        try _anchors.anchor(next, signature) {
            breaches++;
        } catch {}
    }

    function ownerOf(uint256 which) private view returns (string memory) {
        return _owners[_positions[which % STREAMS].owner];
    }

    function signed(Anchor memory next, string memory by) private view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(next)));
    }

    function heightOf(Anchor memory position) private pure returns (uint256) {
        return (uint256(position.epoch) << 64) | position.index;
    }
}
