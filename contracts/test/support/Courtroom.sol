// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ReceiptTree} from "../../src/libraries/ReceiptTree.sol";
import {TypedData} from "../../src/libraries/TypedData.sol";
import {BatchHeader, Credit, Debit, RequestPayment, SignedBatch} from "../../src/types/Batch.sol";
import {Roles} from "../../src/types/NodeCertificate.sol";
import {Order, TaskId} from "../../src/types/Order.sol";
import {Acknowledgement, DatasetCharge, Receipt, Session} from "../../src/types/Receipt.sol";
import {Leaf, LeafKinds, ReceiptProof, Step} from "../../src/types/ReceiptProof.sol";
import {Deployment} from "./Deployment.sol";
import {TreeBuilder} from "./TreeBuilder.sol";

/// @notice A deployment with a dispatcher and a worker, and builders of batches that can be justified. Each batch has
/// three groups: the tasks of "payer" in lane 0, which are to be justified; one task of "other payer"; one request.
abstract contract Courtroom is Deployment {
    uint128 internal constant FEE_MAX = 100;

    /// @notice A batch, and what proves it.
    struct Docket {
        SignedBatch batch;
        uint64[] previous;
        ICourt.Charge[] charges; // of the payer's tasks; empty where there is a void
        Leaf[] leaves;
        uint32 claimed; // leaves by the group's node, if not as many as there are
        Step[] top; // from the payer's group
        Order request;
        Receipt requestReceipt;
        Leaf[] requestLeaf;
        Step[] requestTop;
    }

    address internal payer = accountOf("payer");
    address internal dispatcher = accountOf("dispatcher");
    address internal worker = accountOf("worker");
    address internal challenger = accountOf("challenger");

    function convene() internal {
        deploy();
        enrol("dispatcher");
        admit(Roles.WORKER, "worker");
        open("payer", "dispatcher", 0, 1_000_000);
        open("other payer", "dispatcher", 0, 1_000_000);
        fund("asker", 1_000_000);
        token.mint(challenger, 1_000_000);
        vm.prank(challenger);
        token.approve(address(court), type(uint256).max);
    }

    /// @notice A batch of `count` tasks of the payer; those with a bit in `voids` were given back.
    function aDocket(uint256 count, uint256 voids) internal returns (Docket memory docket) {
        fillGroup(docket, count, voids);
        askAndExecute(docket);
        Leaf[] memory other = new Leaf[](1);
        uint64 settled = settlement.allowance(accountOf("other payer"), dispatcher, 0).settledSequence;
        other[0] = Leaf(accountOf("other payer"), 0, settled + 1, LeafKinds.RECEIPT, keccak256("receipt"), 40);
        finish(docket, other);
    }

    function finish(Docket memory docket, Leaf[] memory other) internal view {
        ReceiptTree.Node[] memory groups = new ReceiptTree.Node[](3);
        groups[0] = TreeBuilder.groupOf(docket.leaves, docket.claimed);
        groups[1] = TreeBuilder.groupOf(other, 0);
        groups[2] = TreeBuilder.groupOf(docket.requestLeaf, 0);
        docket.top = TreeBuilder.path(groups, 0, 0);
        docket.requestTop = TreeBuilder.path(groups, 2, 0);

        Debit[] memory debits = new Debit[](2);
        docket.previous = new uint64[](2);
        docket.previous[0] = docket.leaves[0].sequence - 1;
        docket.previous[1] = other[0].sequence - 1;
        uint64 to = docket.leaves[docket.leaves.length - 1].sequence;
        debits[0] = Debit(payer, 0, to, uint128(groups[0].sum));
        debits[1] = Debit(other[0].payer, 0, other[0].sequence, uint128(groups[1].sum));
        docket.batch = aBatch(
            "dispatcher",
            debits,
            list(RequestPayment(taskIdOf(docket.request), docket.requestLeaf[0].amount)),
            creditsOf(uint128(groups[0].sum + groups[1].sum + groups[2].sum))
        );
        docket.batch.header.receiptsRoot = TreeBuilder.root(groups).hash;
        resign(docket.batch, "dispatcher");
    }

    /// @notice Two payees: "provider" gets all but a quarter for "worker owner".
    function creditsOf(uint128 total) internal pure returns (Credit[] memory credits) {
        credits = new Credit[](2);
        credits[0] = Credit(accountOf("provider"), total - total / 4);
        credits[1] = Credit(accountOf("worker owner"), total / 4);
    }

    function fillGroup(Docket memory docket, uint256 count, uint256 voids) private view {
        uint64 settled = settlement.allowance(payer, dispatcher, 0).settledSequence;
        docket.charges = new ICourt.Charge[](count);
        docket.leaves = new Leaf[](count);
        for (uint256 i = 0; i < count; i++) {
            uint64 sequence = settled + 1 + uint64(i);
            docket.leaves[i] = Leaf(payer, 0, sequence, LeafKinds.VOID, 0, 0);
            if ((voids >> i) & 1 == 0) {
                docket.charges[i] = aCharge(sequence, uint128(10 + i % 50));
                refill(docket.leaves[i], docket.charges[i].receipt);
            }
        }
    }

    function refill(Leaf memory leaf, Receipt memory receipt) internal view {
        leaf.kind = LeafKinds.RECEIPT;
        leaf.receipt = hashOf(receipt);
        leaf.amount = receipt.fee.total;
    }

    function askAndExecute(Docket memory docket) private {
        docket.request = anOrder("asker", FEE_MAX);
        docket.request.salt = bytes32(settlement.balance(accountOf("asker")));
        TaskId taskId = ask("asker", FEE_MAX, docket.request.salt);
        docket.requestReceipt = aReceipt(taskId, 60);
        docket.requestLeaf = new Leaf[](1);
        docket.requestLeaf[0] = Leaf(accountOf("asker"), 0, 0, LeafKinds.REQUEST, hashOf(docket.requestReceipt), 60);
    }

    function aCharge(uint64 sequence, uint128 total) internal view returns (ICourt.Charge memory charge) {
        charge.order = anOrder("payer", FEE_MAX);
        charge.order.dispatcher = dispatcher;
        charge.order.sequence = sequence;
        recharge(charge, total);
    }

    /// @notice Signs the order as it is now, and has it executed.
    function recharge(ICourt.Charge memory charge, uint128 total) internal view {
        charge.orderSignature = signed(charge.order, "payer");
        charge.receipt = aReceipt(taskIdOf(charge.order), total);
        charge.receiptSignature = signed(charge.receipt, "worker");
    }

    function aReceipt(TaskId taskId, uint128 total) internal view returns (Receipt memory receipt) {
        receipt.taskId = taskId;
        receipt.attempt = 1;
        receipt.dispatcher = dispatcher;
        receipt.worker = worker;
        receipt.nodeCertificate = keccak256("certificate");
        receipt.outputCiphertext = keccak256("output");
        receipt.datasets = new DatasetCharge[](1);
        receipt.datasets[0] = DatasetCharge(1, keccak256("licence"), accountOf("data owner"), total / 10);
        receipt.fuel = 1_000_000;
        receipt.finishedAt = uint64(block.timestamp);
        receipt.fee.total = total;
        receipt.fee.provider = accountOf("provider");
        receipt.fee.workerPayee = accountOf("worker owner");
        receipt.fee.workerAmount = total / 4;
        receipt.fee.dispatcherPayee = accountOf("operator");
        receipt.fee.providerAmount = total - total / 10 - total / 4;
        receipt.execution.engine = "engine 1";
        receipt.execution.tierReached.profile = "wasm-1";
        receipt.seedCommitment = keccak256("seed");
    }

    function hashOf(Receipt memory receipt) internal view returns (bytes32) {
        return hasher.digest(address(settlement), hasher.structHash(receipt));
    }

    function signed(Receipt memory receipt, string memory by) internal view returns (bytes memory) {
        return sign(by, hashOf(receipt));
    }

    function anAcknowledgement(Receipt memory receipt) internal view returns (Acknowledgement memory) {
        return Acknowledgement(receipt.taskId, receipt.attempt, hashOf(receipt), uint64(block.timestamp + 1 hours));
    }

    function signed(Acknowledgement memory acknowledgement, string memory by) internal view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(acknowledgement)));
    }

    function signed(Session memory session, string memory by) internal view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(session)));
    }

    /// @notice Signatures of `by` that are none here, over what this struct hash stands for: malleated, for another
    /// contract, for another chain. Beside each is the selector of what it is refused with.
    function foreignSignatures(bytes32 structHash, string memory by)
        internal
        returns (bytes[3] memory signatures, bytes4[3] memory refusals)
    {
        (signatures[0],) = malleate(sign(by, hasher.digest(address(settlement), structHash)));
        signatures[1] = sign(by, hasher.digest(address(this), structHash));
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        signatures[2] = sign(by, hasher.digest(address(settlement), structHash));
        vm.chainId(here);
        refusals =
            [ECDSA.ECDSAInvalidSignatureS.selector, TypedData.WrongSigner.selector, TypedData.WrongSigner.selector];
    }

    /// @notice The whole group as one answer.
    function answerTo(Docket memory docket) internal pure returns (ICourt.Part memory) {
        uint8 height = 0;
        while (1 << height < docket.leaves.length) height++;
        return partOf(docket, 0, docket.leaves.length, height);
    }

    function partOf(Docket memory docket, uint256 first, uint256 leaves, uint8 height)
        internal
        pure
        returns (ICourt.Part memory part)
    {
        part.first = uint16(first);
        part.leaves = uint16(leaves);
        part.height = height;
        part.charges = new ICourt.Charge[](leaves);
        uint256 used = 0;
        for (uint256 i = 0; i < leaves; i++) {
            if (docket.leaves[first + i].kind == LeafKinds.VOID) part.voids |= 1 << i;
            else part.charges[used++] = docket.charges[first + i];
        }
        ICourt.Charge[] memory charges = part.charges;
        assembly ("memory-safe") {
            mstore(charges, used)
        }
        part.group = TreeBuilder.path(TreeBuilder.nodesOf(docket.leaves), first >> height, height);
        part.top = docket.top;
    }

    /// @notice Settles the docket's batch and challenges its first debit.
    function challenged(Docket memory docket) internal {
        settle(docket.batch);
        challenge(docket);
    }

    function challenge(Docket memory docket) internal {
        vm.prank(challenger);
        court.challengeDebit(docket.batch.header, docket.batch.debits, docket.previous, 0);
    }

    function challengeRequest(Docket memory docket) internal {
        vm.prank(challenger);
        court.challengeRequest(docket.batch.header, docket.batch.requests, 0);
    }

    function cancel(Docket memory docket, ICourt.Subject subject) internal {
        SignedBatch memory batch = docket.batch;
        court.cancel(batch.header, subject, 0, batch.debits, batch.requests, batch.credits);
    }

    function stateOf(Docket memory docket, ICourt.Subject subject) internal view returns (ICourt.State) {
        return court.challengeOf(headerHash(docket.batch), subject, 0).state;
    }
}
