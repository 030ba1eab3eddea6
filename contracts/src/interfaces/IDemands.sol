// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BatchHeader} from "../types/Batch.sol";
import {Acknowledgement, Receipt} from "../types/Receipt.sol";
import {Leaf, ReceiptProof} from "../types/ReceiptProof.sol";
import {IBonds} from "./IBonds.sol";

/// @title Where workers get what a dispatcher acknowledged and did not settle.
/// @notice Whoever holds a dispatcher's acknowledgement of a receipt, the settle-by date of which has passed, asks for
/// the worker's pay, with a bond; anybody may answer with a proof that the receipt was settled. Unanswered, the
/// dispatcher's stake pays, and it is frozen.
interface IDemands is IBonds {
    struct Terms {
        uint40 grace; // seconds after a settle-by date before anybody can demand
        uint40 answerTime; // seconds for an answer
        uint128 bond;
    }

    enum State {
        None,
        Open,
        Answered,
        Won
    }

    /// @notice `Open` becomes `Won`, or `Answered`: then it may be opened again if the batch of the answer is cancelled.
    struct Demand {
        address claimant; // slot 0: 20 + 5 + 1 bytes; who posted the bond
        uint40 deadline; // inclusive
        State state;
        address dispatcher; // slot 1
        address payee; // slot 2
        uint128 amount; // slot 3
        bytes32 settledIn; // slot 4; header hash of the batch of the answer
    }

    event Demanded(
        bytes32 indexed receipt,
        address indexed dispatcher,
        address indexed payee,
        uint128 amount,
        address claimant,
        uint40 deadline
    );
    event DemandAnswered(bytes32 indexed receipt, bytes32 indexed headerHash, address answerer);
    event DemandWon(bytes32 indexed receipt, address indexed payee, uint256 paid);

    error SettlementOfAnother(address settlement, address demands);
    error TimeMissing();
    error AcknowledgementOfAnother(bytes32 expected, bytes32 seen);
    error NothingDemanded();
    error NotDemandable(uint256 from, uint256 until);
    error DemandExists(bytes32 receipt, State state);
    error DemandNotOpen(bytes32 receipt, State state);
    error AnswerTimeNotOver(uint256 deadline);
    error LeafOfAnotherReceipt(bytes32 expected, bytes32 seen);
    error BatchOfAnotherDispatcher(address expected, address seen);
    error NotSettled(bytes32 receipt);

    /// @notice Asks for the worker's pay of an acknowledged receipt. The caller's bond, which she approved, is taken.
    function demand(
        Receipt calldata receipt,
        bytes calldata signature,
        Acknowledgement calldata acknowledgement,
        bytes calldata acknowledgementSignature
    ) external;

    /// @notice Shows that a demanded receipt was settled, at any time before it is enforced. The caller gets the bond.
    function answer(bytes32 receipt, BatchHeader calldata header, Leaf calldata leaf, ReceiptProof calldata proof)
        external;

    /// @notice Pays a demand that was not answered in time out of the dispatcher's stake, as far as that goes.
    function enforce(bytes32 receipt) external;

    /// @notice The settlement contract whose batches answer demands.
    function settlement() external view returns (address);

    /// @notice Bond, grace and answer time of this deployment.
    function terms() external view returns (Terms memory);

    /// @param receipt the receipt's EIP-712 hash
    function demandOf(bytes32 receipt) external view returns (Demand memory);
}
