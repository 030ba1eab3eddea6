// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ICourt} from "../src/interfaces/ICourt.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {SignedBatch} from "../src/types/Batch.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Session} from "../src/types/Receipt.sol";
import {Leaf, LeafKinds, ReceiptProof, Step} from "../src/types/ReceiptProof.sol";
import {Courtroom} from "./support/Courtroom.sol";
import {TreeBuilder} from "./support/TreeBuilder.sol";

/// @notice Answers to challenges of debits: what justifies a debit, and everything that does not.
contract CourtAnswerTest is Courtroom {
    ICourt.Subject private constant DEBIT = ICourt.Subject.Debit;

    address private answerer = accountOf("answerer");

    function setUp() public {
        convene();
    }

    function test_ordersAndReceiptsJustifyADebit() public {
        Docket memory docket = aDocket(3, 0);
        challenged(docket);

        vm.expectEmit(address(court));
        emit ICourt.PartAnswered(headerHash(docket.batch), 0, 0, 3);
        vm.expectEmit(address(court));
        emit ICourt.ChallengeAnswered(headerHash(docket.batch), DEBIT, 0, answerer);
        answer(docket, answerTo(docket));

        vm.assertEq(court.owed(answerer), BOND);
        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
        elapse(ANSWER_TIME + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICourt.ChallengeNotOpen.selector, headerHash(docket.batch), DEBIT, 0, ICourt.State.Answered
            )
        );
        cancel(docket, DEBIT);
    }

    /// @dev Odd sizes on every level, voids in all places, later batches of the lane.
    function testFuzz_anyGroupIsJustified(uint256 count, uint256 voids, uint256 before) public {
        count = within(count, 1, 40);
        settle(aDocket(within(before, 1, 9), voids >> 40).batch);
        Docket memory docket = aDocket(count, voids & ~uint256(1));
        challenged(docket);

        answer(docket, answerTo(docket));

        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
    }

    function test_aGroupOf256TasksIsJustifiedAtOnce() public {
        Docket memory docket = aDocket(256, 0);
        challenged(docket);

        answer(docket, answerTo(docket));

        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
    }

    function test_partsJustifyTogether() public {
        Docket memory docket = aDocket(11, 5 << 3);
        challenged(docket);

        vm.prank(accountOf("helper"));
        court.answerDebit(docket.batch.header, 0, partOf(docket, 8, 3, 2));
        answer(docket, partOf(docket, 4, 4, 2));
        answer(docket, partOf(docket, 2, 2, 1));
        answer(docket, partOf(docket, 1, 1, 0));
        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Open, "open");
        vm.assertEq(court.challengeOf(headerHash(docket.batch), DEBIT, 0).shown, 0x7fe);
        answer(docket, partOf(docket, 0, 1, 0));

        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
        vm.assertEq(court.challengeOf(headerHash(docket.batch), DEBIT, 0).justified, docket.batch.debits[0].amount);
        vm.assertEq(court.owed(answerer), BOND);
        vm.assertEq(court.owed(accountOf("helper")), 0);
    }

    function test_aPartIsNoAnswer() public {
        Docket memory docket = aDocket(4, 0);
        challenged(docket);
        answer(docket, partOf(docket, 0, 2, 1));

        elapse(ANSWER_TIME + 1);
        cancel(docket, DEBIT);

        vm.assertEq(settlement.balance(payer), docket.batch.debits[0].amount);
    }

    function test_refusesAPartThatWasShown() public {
        Docket memory docket = aDocket(4, 0);
        challenged(docket);
        answer(docket, partOf(docket, 2, 2, 1));

        vm.expectRevert(abi.encodeWithSelector(ICourt.PartShownTwice.selector, 12));
        answer(docket, answerTo(docket));
    }

    function test_refusesAPartThatIsNoSubtree() public {
        Docket memory docket = aDocket(5, 0);
        challenged(docket);
        ICourt.Part memory part = answerTo(docket);

        part.height = 9;
        misplaced(docket, part, 5);
        part.height = 2;
        misplaced(docket, part, 5);
        (part.first, part.leaves) = (1, 4);
        misplaced(docket, part, 5);
        (part.first, part.leaves) = (4, 0);
        misplaced(docket, part, 5);
        part.leaves = 2;
        misplaced(docket, part, 5);
        part = answerTo(docket);
        part.group = new Step[](9);
        misplaced(docket, part, 5);
    }

    function test_aGroupThatIsTooLargeHasNoAnswer() public {
        Docket memory docket = aDocket(257, 0);
        challenged(docket);
        docket.leaves[256].kind = LeafKinds.VOID;

        misplaced(docket, partOf(docket, 0, 256, 8), 257);
    }

    function test_refusesAnAnswerThatIsTooLate() public {
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        elapse(ANSWER_TIME + 1);

        vm.expectRevert(abi.encodeWithSelector(ICourt.AnswerTimeOver.selector, block.timestamp - 1));
        answer(docket, answerTo(docket));
        vm.warp(block.timestamp - 1);
        answer(docket, answerTo(docket));
    }

    function test_refusesAnAnswerToNoChallenge() public {
        Docket memory docket = aDocket(1, 0);
        settle(docket.batch);

        vm.expectRevert(
            abi.encodeWithSelector(
                ICourt.ChallengeNotOpen.selector, headerHash(docket.batch), DEBIT, 0, ICourt.State.None
            )
        );
        answer(docket, answerTo(docket));
    }

    function test_refusesAnotherNumberOfChargesThanThereAreTasks() public {
        Docket memory docket = aDocket(2, 0);
        challenged(docket);
        ICourt.Part memory part = answerTo(docket);

        part.voids = 2;
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChargesMismatch.selector, 1, 2));
        answer(docket, part);
        part.voids = 0;
        part.charges = new ICourt.Charge[](1);
        part.charges[0] = docket.charges[0];
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChargesMismatch.selector, 2, 1));
        answer(docket, part);
    }

    function test_refusesAVoidInPlaceOfAReceipt() public {
        Docket memory docket = aDocket(2, 0);
        challenged(docket);
        docket.leaves[1].kind = LeafKinds.VOID;

        vm.expectRevert(abi.encodeWithSelector(ICourt.SumMismatch.selector, 21, 10));
        answer(docket, answerTo(docket));
    }

    function test_refusesATreeOfAnotherRoot() public {
        Docket memory docket = aDocket(2, 0);
        docket.batch.header.receiptsRoot = keccak256("another tree");
        resign(docket.batch, "dispatcher");
        challenged(docket);

        vm.expectRevert(abi.encodeWithSelector(ICourt.NotInTree.selector, keccak256("another tree")));
        answer(docket, answerTo(docket));
    }

    /// @dev The tree holds the payer's one receipt, but the debit took more, and somebody else less.
    function test_aDebitOfMoreThanItsGroupHasNoAnswer() public {
        Docket memory docket = aDocket(1, 0);
        docket.batch.debits[0].amount += 7;
        docket.batch.debits[1].amount -= 7;
        docket.batch.header.debits = keccak256(abi.encode(docket.batch.debits));
        resign(docket.batch, "dispatcher");
        challenged(docket);

        vm.expectRevert(abi.encodeWithSelector(ICourt.SumMismatch.selector, 17, 10));
        answer(docket, answerTo(docket));
    }

    /// @dev A leaf that no sequence of the debit has makes up the sum, hidden behind the sibling of the last part.
    function test_aLeafThatIsNeverShownJustifiesNothing() public {
        Docket memory docket = aDocket(2, 0);
        Leaf[] memory hidden = new Leaf[](3);
        (hidden[0], hidden[1]) = (docket.leaves[0], docket.leaves[1]);
        hidden[2] = Leaf(payer, 0, 99, LeafKinds.RECEIPT, keccak256("nothing"), 500);
        Leaf[] memory honest = docket.leaves;
        (docket.leaves, docket.claimed) = (hidden, 2);
        rebuild(docket, 2);
        challenged(docket);
        docket.leaves = honest;
        ICourt.Part memory part = answerTo(docket);
        part.group = TreeBuilder.path(TreeBuilder.nodesOf(hidden), 0, 1);

        vm.expectRevert(abi.encodeWithSelector(ICourt.SumMismatch.selector, 521, 21));
        answer(docket, part);
    }

    function test_refusesAnOrderOfAnotherUser() public {
        Docket memory docket = oneTaskOf(aCharge(1, 10));
        docket.charges[0].order.user = accountOf("somebody else");
        refuses(docket, abi.encodeWithSelector(ICourt.OrderOfAnotherUser.selector, payer, accountOf("somebody else")));
    }

    function test_refusesAnOrderForAnotherDispatcher() public {
        Docket memory docket = oneTaskOf(aCharge(1, 10));
        docket.charges[0].order.dispatcher = worker;
        refuses(docket, abi.encodeWithSelector(ICourt.OrderOfAnotherDispatcher.selector, dispatcher, worker));
    }

    function test_refusesAnOrderForAnotherLane() public {
        Docket memory docket = oneTaskOf(aCharge(1, 10));
        docket.charges[0].order.lane = 8;
        refuses(docket, abi.encodeWithSelector(ICourt.OrderOfAnotherLane.selector, 0, 8));
    }

    function test_refusesAnOrderWithAnotherSequence() public {
        Docket memory docket = oneTaskOf(aCharge(2, 10));
        refuses(docket, abi.encodeWithSelector(ICourt.OrderOutOfSequence.selector, 1, 2));
    }

    function test_refusesAnOrderThatItsUserDidNotSign() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.orderSignature = signed(charge.order, "dispatcher");
        refuses(oneTaskOf(charge), abi.encodeWithSelector(TypedData.WrongSigner.selector, payer, dispatcher));
    }

    function test_refusesAnOrderSignedForAnotherDeployment() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.orderSignature = sign("payer", hasher.digest(address(registry), hasher.structHash(charge.order)));
        Docket memory docket = oneTaskOf(charge);
        challenged(docket);
        ICourt.Part memory part = answerTo(docket);
        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        answer(docket, part);
    }

    function test_refusesMalleatedSignatures() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        bytes32 s;
        (charge.orderSignature, s) = malleate(charge.orderSignature);
        refuses(oneTaskOf(charge), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
    }

    function test_refusesAReceiptForAnotherTask() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.receipt = aCharge(2, 10).receipt;
        charge.receiptSignature = signed(charge.receipt, "worker");
        refuses(
            oneTaskOf(charge),
            abi.encodeWithSelector(ICourt.ReceiptOfAnotherTask.selector, taskIdOf(charge.order), charge.receipt.taskId)
        );
    }

    function test_refusesAReceiptForAnotherDispatcher() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.receipt.dispatcher = worker;
        charge.receiptSignature = signed(charge.receipt, "worker");
        refuses(
            oneTaskOf(charge), abi.encodeWithSelector(ICourt.ReceiptOfAnotherDispatcher.selector, dispatcher, worker)
        );
    }

    function test_refusesAReceiptThatItsWorkerDidNotSign() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.receiptSignature = signed(charge.receipt, "dispatcher");
        refuses(oneTaskOf(charge), abi.encodeWithSelector(TypedData.WrongSigner.selector, worker, dispatcher));
    }

    function test_refusesAReceiptOfMoreThanTheOrderAllows() public {
        ICourt.Charge memory charge = aCharge(1, FEE_MAX + 1);
        refuses(
            oneTaskOf(charge), abi.encodeWithSelector(ICourt.ReceiptTooDear.selector, FEE_MAX, uint128(FEE_MAX + 1))
        );
    }

    function test_refusesAReceiptOfAWorkerThatWasNeverAdmitted() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.receipt.worker = accountOf("stranger");
        charge.receiptSignature = signed(charge.receipt, "stranger");
        refuses(oneTaskOf(charge), abi.encodeWithSelector(ICourt.WorkerNotAdmitted.selector, accountOf("stranger")));
    }

    function test_refusesAReceiptOfADispatcherAsWorker() public {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.receipt.worker = dispatcher;
        charge.receiptSignature = signed(charge.receipt, "dispatcher");
        refuses(oneTaskOf(charge), abi.encodeWithSelector(ICourt.WorkerNotAdmitted.selector, dispatcher));
    }

    function test_aWorkerThatWasShutOutIsGoodForOneWithdrawDelay() public {
        vm.prank(GOVERNANCE);
        registry.revoke(worker);
        elapse(WITHDRAW_DELAY);
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        answer(docket, answerTo(docket));

        elapse(1);
        docket = aDocket(1, 0);
        challenged(docket);
        vm.expectRevert(abi.encodeWithSelector(ICourt.WorkerNotAdmitted.selector, worker));
        answer(docket, answerTo(docket));
    }

    function test_anExpiredWorkerIsGoodForOneWithdrawDelay() public {
        // The dispatcher goes on.
        uint64 notAfter = registry.node(worker).notAfter;
        vm.warp(notAfter);
        admit(Roles.DISPATCHER, "dispatcher");
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(accountOf(i == 0 ? "payer" : "other payer"));
            settlement.allow(dispatcher, 0, 0, type(uint40).max);
        }
        vm.warp(notAfter + WITHDRAW_DELAY);
        Docket memory docket = aDocket(1, 0);
        challenged(docket);
        answer(docket, answerTo(docket));

        elapse(1);
        docket = aDocket(1, 0);
        challenged(docket);
        vm.expectRevert(abi.encodeWithSelector(ICourt.WorkerNotAdmitted.selector, worker));
        answer(docket, answerTo(docket));
    }

    // Sessions.

    function test_aSessionKeySignsForItsUser() public {
        Session memory session = aSession();
        Docket memory docket = docketBySession();
        challenged(docket);

        answer(docket, withSession(docket, session, "payer"));
        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
    }

    function test_aSessionForAnyServiceCoversAll() public {
        Session memory session = aSession();
        session.services = new uint256[](0);
        Docket memory docket = docketBySession();
        challenged(docket);

        answer(docket, withSession(docket, session, "payer"));
        vm.assertTrue(stateOf(docket, DEBIT) == ICourt.State.Answered, "answered");
    }

    function test_refusesASessionThatIsNotThere() public {
        Docket memory docket = docketBySession();
        docket.charges[0].session = 2;
        challenged(docket);
        refusesSession(docket, aSession(), "payer", abi.encodeWithSelector(ICourt.SessionMissing.selector, 2, 1));
    }

    function test_refusesASessionOfAnotherKey() public {
        Docket memory docket = docketBySession();
        challenged(docket);
        Session memory session = aSession();
        session.sessionKey = accountOf("another key");
        refusesSession(
            docket,
            session,
            "payer",
            abi.encodeWithSelector(TypedData.WrongSigner.selector, accountOf("another key"), accountOf("session key"))
        );
    }

    function test_refusesASessionThatItsUserDidNotSign() public {
        Docket memory docket = docketBySession();
        challenged(docket);
        refusesSession(
            docket,
            aSession(),
            "session key",
            abi.encodeWithSelector(TypedData.WrongSigner.selector, payer, accountOf("session key"))
        );
    }

    function test_refusesASessionForSomethingElse() public {
        Docket memory docket = docketBySession();
        challenged(docket);
        Session memory session = aSession();
        session.user = worker;
        refusesSession(
            docket, session, "worker", abi.encodeWithSelector(ICourt.SessionOfAnotherUser.selector, payer, worker)
        );
        session = aSession();
        session.dispatcher = worker;
        refusesSession(
            docket,
            session,
            "payer",
            abi.encodeWithSelector(ICourt.SessionOfAnotherDispatcher.selector, dispatcher, worker)
        );
        session = aSession();
        session.lane = 1;
        refusesSession(docket, session, "payer", abi.encodeWithSelector(ICourt.SessionOfAnotherLane.selector, 0, 1));
        session = aSession();
        session.services[1] = 9;
        refusesSession(docket, session, "payer", abi.encodeWithSelector(ICourt.SessionWithoutService.selector, 1));
        session = aSession();
        session.maxPerTask = FEE_MAX - 1;
        refusesSession(
            docket, session, "payer", abi.encodeWithSelector(ICourt.SessionFeeExceeded.selector, FEE_MAX - 1, FEE_MAX)
        );
        session = aSession();
        session.expiry -= 1;
        refusesSession(
            docket,
            session,
            "payer",
            abi.encodeWithSelector(ICourt.SessionExpired.selector, session.expiry, session.expiry + 1)
        );
    }

    // Requests.

    function test_aReceiptJustifiesARequest() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        challengeRequest(docket);

        answerRequest(docket, "worker", "");

        vm.assertTrue(stateOf(docket, ICourt.Subject.Request) == ICourt.State.Answered, "answered");
        vm.assertEq(court.owed(answerer), BOND);
    }

    function test_refusesAReceiptOfAnotherAmountThanWasPaid() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        challengeRequest(docket);
        docket.requestReceipt.fee.total = 59;

        answerRequest(docket, "worker", abi.encodeWithSelector(ICourt.ReceiptAmountMismatch.selector, 60, 59));
    }

    function test_refusesAReceiptOfARequestThatIsNotInTheTree() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        challengeRequest(docket);
        docket.requestReceipt.attempt = 2;

        answerRequest(
            docket, "worker", abi.encodeWithSelector(ICourt.NotInTree.selector, docket.batch.header.receiptsRoot)
        );
    }

    function test_refusesAReceiptOfARequestThatItsWorkerDidNotSign() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        challengeRequest(docket);

        answerRequest(docket, "dispatcher", abi.encodeWithSelector(TypedData.WrongSigner.selector, worker, dispatcher));
    }

    function test_refusesALateAnswerAboutARequest() public {
        Docket memory docket = aDocket(2, 0);
        settle(docket.batch);
        challengeRequest(docket);
        elapse(ANSWER_TIME + 1);

        answerRequest(docket, "worker", abi.encodeWithSelector(ICourt.AnswerTimeOver.selector, block.timestamp - 1));
    }

    function answer(Docket memory docket, ICourt.Part memory part) private {
        vm.prank(answerer);
        court.answerDebit(docket.batch.header, 0, part);
    }

    function answerRequest(Docket memory docket, string memory signer, bytes memory refusal) private {
        ReceiptProof memory proof = TreeBuilder.proofOf(docket.requestLeaf, 0, docket.requestTop);
        bytes memory signature = signed(docket.requestReceipt, signer);
        if (refusal.length > 0) vm.expectRevert(refusal);
        vm.prank(answerer);
        court.answerRequest(docket.batch.header, 0, 0, docket.requestReceipt, signature, proof);
    }

    function misplaced(Docket memory docket, ICourt.Part memory part, uint256 count) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICourt.PartMisplaced.selector, part.first, part.leaves, part.height, count)
        );
        answer(docket, part);
    }

    /// @notice A batch whose tree holds this charge, whatever it is, as the payer's first task.
    function oneTaskOf(ICourt.Charge memory charge) private returns (Docket memory docket) {
        docket = aDocket(1, 0);
        docket.charges[0] = charge;
        refill(docket.leaves[0], charge.receipt);
        rebuild(docket, 1);
    }

    /// @notice The docket with a tree over the leaves as they are, and the payer's debit up to `to`.
    function rebuild(Docket memory docket, uint64 to) private view {
        Leaf[] memory other = new Leaf[](1);
        other[0] = Leaf(accountOf("other payer"), 0, 1, LeafKinds.RECEIPT, keccak256("receipt"), 40);
        finish(docket, other);
        SignedBatch memory batch = docket.batch;
        batch.debits[0].to = to;
        batch = aBatch("dispatcher", batch.debits, batch.requests, batch.credits);
        batch.header.receiptsRoot = docket.batch.header.receiptsRoot;
        resign(batch, "dispatcher");
        docket.batch = batch;
    }

    function refuses(Docket memory docket, bytes memory reason) private {
        challenged(docket);
        ICourt.Part memory part = answerTo(docket);
        vm.expectRevert(reason);
        answer(docket, part);
    }

    function aSession() private view returns (Session memory session) {
        session.user = payer;
        session.sessionKey = accountOf("session key");
        session.dispatcher = dispatcher;
        session.cap = 1000;
        session.maxPerTask = FEE_MAX;
        session.services = new uint256[](2);
        (session.services[0], session.services[1]) = (7, 1);
        session.expiry = uint64(block.timestamp + 1 hours);
    }

    function docketBySession() private returns (Docket memory docket) {
        ICourt.Charge memory charge = aCharge(1, 10);
        charge.orderSignature = signed(charge.order, "session key");
        charge.session = 1;
        return oneTaskOf(charge);
    }

    function withSession(Docket memory docket, Session memory session, string memory by)
        private
        view
        returns (ICourt.Part memory part)
    {
        part = answerTo(docket);
        part.sessions = new ICourt.SignedSession[](1);
        part.sessions[0] = ICourt.SignedSession(session, signed(session, by));
    }

    function refusesSession(Docket memory docket, Session memory session, string memory by, bytes memory reason)
        private
    {
        ICourt.Part memory part = withSession(docket, session, by);
        vm.expectRevert(reason);
        answer(docket, part);
    }
}
