// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Bonds} from "./Bonds.sol";
import {IDemands} from "./interfaces/IDemands.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakes} from "./interfaces/IStakes.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {BatchHeader} from "./types/Batch.sol";
import {Acknowledgement, Receipt} from "./types/Receipt.sol";
import {Leaf, ReceiptProof} from "./types/ReceiptProof.sol";

/// @title Forced settlement, see {IDemands}.
contract Demands is IDemands, Bonds {
    ISettlement private immutable _settlement;
    IEnclaveRegistry private immutable _registry;
    IStakes private immutable _stakes;
    uint40 private immutable _grace;
    uint40 private immutable _answerTime;

    mapping(bytes32 receipt => Demand) private _demands;

    constructor(ISettlement settlement_, Terms memory terms_) Bonds(settlement_.token(), terms_.bond) {
        if (settlement_.demands() != address(this)) {
            revert SettlementOfAnother(address(settlement_), settlement_.demands());
        }
        if (terms_.answerTime == 0) revert TimeMissing();
        _settlement = settlement_;
        _registry = settlement_.registry();
        _stakes = settlement_.stakes();
        _grace = terms_.grace;
        _answerTime = terms_.answerTime;
    }

    /// @inheritdoc IDemands
    function demand(
        Receipt calldata receipt,
        bytes calldata signature,
        Acknowledgement calldata acknowledgement,
        bytes calldata acknowledgementSignature
    ) external {
        bytes32 hash = _digest(TypedData.hash(receipt));
        TypedData.requireSignedBy(receipt.worker, hash, signature);
        if (acknowledgement.receipt != hash) revert AcknowledgementOfAnother(hash, acknowledgement.receipt);
        bytes32 acknowledged = _digest(TypedData.hash(acknowledgement));
        TypedData.requireSignedBy(receipt.dispatcher, acknowledged, acknowledgementSignature);
        uint128 amount = receipt.fee.workerAmount;
        if (amount == 0) revert NothingDemanded();
        _requireDemandable(acknowledgement.settleBy);
        Demand storage kept = _demands[hash];
        if (kept.state != State.None && !_isUndone(kept)) revert DemandExists(hash, kept.state);

        (address dispatcher, address payee) = (receipt.dispatcher, receipt.fee.workerPayee);
        uint40 deadline = uint40(block.timestamp) + _answerTime;
        _demands[hash] = Demand(msg.sender, deadline, State.Open, dispatcher, payee, amount, 0);
        emit Demanded(hash, dispatcher, payee, amount, msg.sender, deadline);
        _takeBond();
    }

    /// @inheritdoc IDemands
    function answer(bytes32 receipt, BatchHeader calldata header, Leaf calldata leaf, ReceiptProof calldata proof)
        external
    {
        Demand storage kept = _requireOpen(receipt);
        if (leaf.receipt != receipt) revert LeafOfAnotherReceipt(receipt, leaf.receipt);
        if (header.dispatcher != kept.dispatcher) revert BatchOfAnotherDispatcher(kept.dispatcher, header.dispatcher);
        if (!_settlement.isSettled(header, leaf, proof)) revert NotSettled(receipt);
        bytes32 headerHash = _digest(TypedData.hash(header));
        (kept.state, kept.settledIn) = (State.Answered, headerHash);
        _owed[msg.sender] += _bond;
        emit DemandAnswered(receipt, headerHash, msg.sender);
    }

    /// @inheritdoc IDemands
    function enforce(bytes32 receipt) external {
        Demand storage kept = _requireOpen(receipt);
        // A dispatcher that could not settle while the market was paused gets the time anew.
        uint256 deadline = _latest(kept.deadline, _registry.openSince() + uint256(_answerTime));
        if (block.timestamp <= deadline) revert AnswerTimeNotOver(deadline);
        kept.state = State.Won;
        (address dispatcher, address payee) = (kept.dispatcher, kept.payee);
        _settlement.freeze(dispatcher);
        uint256 paid = _stakes.take(dispatcher, kept.amount);
        _owed[payee] += paid;
        _owed[kept.claimant] += _bond;
        emit DemandWon(receipt, payee, paid);
    }

    /// @inheritdoc IDemands
    function settlement() external view returns (address) {
        return address(_settlement);
    }

    /// @inheritdoc IDemands
    function terms() external view returns (Terms memory) {
        return Terms(_grace, _answerTime, _bond);
    }

    /// @inheritdoc IDemands
    function demandOf(bytes32 receipt) external view returns (Demand memory) {
        return _demands[receipt];
    }

    function _requireOpen(bytes32 receipt) private view returns (Demand storage kept) {
        kept = _demands[receipt];
        if (kept.state != State.Open) revert DemandNotOpen(receipt, kept.state);
    }

    /// @dev From `grace` after the settle-by date on; and for one withdraw delay, after which nobody has to keep what
    /// proves the contrary. Not while the market is paused, when nobody can settle, nor right after.
    function _requireDemandable(uint64 settleBy) private view {
        uint256 from = _latest(settleBy, _registry.openSince()) + _grace;
        uint256 until = uint256(settleBy) + _grace + _settlement.withdrawDelay();
        if (block.timestamp <= from || block.timestamp > until) revert NotDemandable(from, until);
    }

    /// @dev Whether the batch that answered a demand was cancelled.
    function _isUndone(Demand storage kept) private view returns (bool) {
        return
            kept.state == State.Answered && _settlement.batch(kept.settledIn).state == ISettlement.BatchState.Cancelled;
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return TypedData.digest(address(_settlement), structHash);
    }

    function _latest(uint256 one, uint256 other) private pure returns (uint256) {
        return one > other ? one : other;
    }
}
