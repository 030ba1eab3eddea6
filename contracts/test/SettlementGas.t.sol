// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICourt} from "../src/interfaces/ICourt.sol";
import {Roles} from "../src/types/NodeCertificate.sol";
import {Credit, Debit, RequestPayment, SignedBatch} from "../src/types/Batch.sol";
import {Order, TaskId} from "../src/types/Order.sol";
import {Courtroom} from "./support/Courtroom.sol";

/// @notice What the calls cost. Each call runs as a transaction of its own, with cold storage, so the figures are what a
/// receipt would say: 21,000 and calldata included, refunds subtracted. They are kept in `snapshots/`.
/// forge-config: default.isolate = true
contract SettlementGasTest is Courtroom {
    uint256 private constant GAS_PER_TASK_MAX = 5_000;
    uint256 private constant TASKS = 200;
    /// @dev Of the 2^24 of a transaction.
    uint256 private constant LARGEST_GAS_MAX = 15_000_000;
    string private constant GROUP = "Settlement";

    function setUp() public {
        deploy();
        enrol("dispatcher");
    }

    /// @dev Fifteen users with thirteen or fourteen tasks each; two providers, two workers and the dispatcher are paid.
    function test_settling200TasksOf20AccountsCostsAtMost5000GasPerTask() public {
        openLanes(15);

        settle(batchOf(15, 5, TASKS));
        vm.assertLe(recordPerTask("settle 200 tasks, 15 payers, 5 payees, first use") / TASKS, GAS_PER_TASK_MAX);

        settle(batchOf(15, 5, TASKS));
        vm.assertLe(recordPerTask("settle 200 tasks, 15 payers, 5 payees, warm slots") / TASKS, GAS_PER_TASK_MAX);
    }

    /// @dev The dearest mixture: every account both pays and is paid, for the first time.
    function test_settling200TasksOf20AccountsThatPayAndEarnCostsAtMost5000GasPerTask() public {
        openLanes(20);

        settle(batchOf(20, 20, TASKS));

        vm.assertLe(recordPerTask("settle 200 tasks, 20 payers, 20 payees, first use") / TASKS, GAS_PER_TASK_MAX);
    }

    function test_settling200TasksTenOfThemRequestedOnChainCostsAtMost5000GasPerTask() public {
        openLanes(15);
        RequestPayment[] memory payments = new RequestPayment[](10);
        fund("payer 0", 10_000);
        for (uint256 i = 0; i < payments.length; i++) {
            payments[i] = RequestPayment(ask("payer 0", 1000, bytes32(i)), 700);
        }
        SignedBatch memory batch = batchOf(15, 5, TASKS - payments.length);
        batch.credits[0].amount += 7000;

        settle(aBatch("dispatcher", batch.debits, payments, batch.credits));

        vm.assertLe(recordPerTask("settle 200 tasks, 10 of them requests") / TASKS, GAS_PER_TASK_MAX);
    }

    function test_settling1000TasksOf50Accounts() public {
        openLanes(40);
        settle(batchOf(40, 10, 1000));
        record("settle 1000 tasks, 40 payers, 10 payees, first use");
        settle(batchOf(40, 10, 1000));
        vm.assertLe(record("settle 1000 tasks, 40 payers, 10 payees, warm slots") / 1000, 700);
        elapse(PERIOD);
        settle(batchOf(40, 10, 1000));
        record("settle 1000 tasks, 40 payers, 10 payees, first use of the second purse");
        elapse(PERIOD);
        settle(batchOf(40, 10, 1000));
        vm.assertLe(record("settle 1000 tasks, 40 payers, 10 payees, warm slots, matured") / 1000, 700);
        elapse(PERIOD);
        settle(batchOf(40, 10, 1000));
        vm.assertLe(record("settle 1000 tasks, 40 payers, 10 payees, warm slots, matured again") / 1000, 700);
    }

    /// @dev The bar: 80 gas per task when 10,000 tasks are of the same 50 accounts. A lane's group has at most 256
    /// leaves, so that its debit can be answered; 40 payers have 10,000 tasks in one batch.
    function test_settling10000TasksOf50AccountsCostsAtMost80GasPerTask() public {
        openLanes(40);
        settle(batchOf(40, 10, 10_000));
        settle(batchOf(40, 10, 10_000));

        vm.assertLe(record("settle 10000 tasks, 40 payers, 10 payees, warm slots") / 10_000, 80);
    }

    /// @dev All that 200 receipts say, as Java writes it: `abi.encode` of entries, compressed. See `ReceiptData`.
    function test_postingReceiptsAsData() public {
        bytes memory data = vm.readFileBinary("test/receipt-data.bin");
        openLanes(15);
        settle(batchOf(15, 5, TASKS));
        settle(batchOf(15, 5, TASKS));
        uint256 bare = vm.lastCallGas().gasTotalUsed;
        settlement.settleWithReceipts(batchOf(15, 5, TASKS), data);
        uint256 full = record("settle 200 tasks with their receipts in calldata");

        vm.snapshotValue(GROUP, "receipt as data, bytes", data.length / TASKS);
        vm.snapshotValue(GROUP, "receipt in calldata, gas", (full - bare) / TASKS);
        vm.snapshotValue(GROUP, "receipt in calldata, gas per 100 bytes", (full - bare) * 100 / data.length);
        vm.assertLe((full - bare) / data.length, 45);
    }

    /// @dev The same in blobs. What the transaction pays for these besides is counted in blob gas, at a price of its own:
    /// 2^17 for each blob, which has 31 bytes for data in each of its 4096 field elements.
    /// Not in transactions of their own, which forge gives no blobs: only the difference means something.
    /// forge-config: default.isolate = false
    function test_postingReceiptsInBlobs() public {
        uint256 perBlob = 4096 * 31 / (vm.readFileBinary("test/receipt-data.bin").length / TASKS);
        openLanes(15);
        settle(batchOf(15, 5, TASKS));
        settle(batchOf(15, 5, TASKS));
        uint256 bare = vm.lastCallGas().gasTotalUsed;
        vm.blobhashes(blobHashes());
        settlement.settleWithBlobs(batchOf(15, 5, TASKS), 1);
        uint256 full = vm.lastCallGas().gasTotalUsed;

        vm.snapshotValue(GROUP, "a blob of receipts, execution gas", full - bare);
        vm.snapshotValue(GROUP, "a blob of receipts, receipts that fit", perBlob);
        vm.snapshotValue(GROUP, "receipt in a blob, blob gas", (1 << 17) / perBlob);
    }

    function blobHashes() private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](1);
        hashes[0] = bytes32(uint256(1) << 248 | uint256(keccak256("blob")) >> 8);
    }

    /// @dev Below the transaction gas cap of 2^24; longer orders than these are answered in parts.
    function test_answering256TasksFitsATransaction() public {
        admit(Roles.WORKER, "worker");
        open("payer", "dispatcher", 0, 1_000_000);
        open("other payer", "dispatcher", 0, 1_000_000);
        fund("asker", 1_000_000);
        token.mint(challenger, 2 * BOND);
        vm.prank(challenger);
        token.approve(address(court), 2 * BOND);
        Docket memory docket = aDocket(256, 0);
        settle(docket.batch);
        challenge(docket);
        vm.snapshotGasLastCall("Court", "challenge a debit");
        ICourt.Part memory part = partOf(docket, 0, 128, 7);
        court.answerDebit(docket.batch.header, 0, part);
        vm.snapshotGasLastCall("Court", "answer for 128 tasks");
        docket = aDocket(256, 0);
        settle(docket.batch);
        challenge(docket);
        part = answerTo(docket);
        court.answerDebit(docket.batch.header, 0, part);
        vm.assertLe(vm.snapshotGasLastCall("Court", "answer for 256 tasks"), 1 << 24);
    }

    function test_cancellingABatchOf50Accounts() public {
        openLanes(40);
        SignedBatch memory batch = batchOf(40, 10, 1000);
        settle(batch);
        token.mint(challenger, BOND);
        vm.prank(challenger);
        token.approve(address(court), BOND);
        vm.prank(challenger);
        court.challengeDebit(batch.header, batch.debits, new uint64[](40), 0);
        elapse(ANSWER_TIME + 1);
        court.cancel(batch.header, ICourt.Subject.Debit, 0, batch.debits, batch.requests, batch.credits);

        vm.assertLe(vm.snapshotGasLastCall("Court", "cancel 1000 tasks, 40 payers, 10 payees"), 1 << 24);
    }

    /// @dev All that the bound of a batch promises: each payer's free balance is a slot that was never used.
    function test_theLargestBatchOfLanesCanBeUndone() public {
        uint256 payers = settlement.BATCH_ENTRIES_MAX() - 1;
        openLanes(payers);
        SignedBatch memory batch = batchOf(payers, 1, payers);
        settle(batch);
        vm.assertLe(record("settle the largest batch, of lanes"), LARGEST_GAS_MAX);
        payBonds();
        vm.prank(challenger);
        court.challengeDebit(batch.header, batch.debits, new uint64[](payers), payers - 1);
        vm.assertLe(vm.snapshotGasLastCall("Court", "challenge a debit of the largest batch"), LARGEST_GAS_MAX);
        elapse(ANSWER_TIME + 1);
        court.cancel(batch.header, ICourt.Subject.Debit, payers - 1, batch.debits, batch.requests, batch.credits);
        vm.assertLe(vm.snapshotGasLastCall("Court", "cancel the largest batch, of lanes"), LARGEST_GAS_MAX);

        bytes memory call =
            abi.encodeCall(ICourt.challengeDebit, (batch.header, batch.debits, new uint64[](payers), payers - 1));
        vm.assertLe(call.length, 100 * 1024);
    }

    /// @dev Dearest is a request that was paid a part of, and dearest to undo is one that was paid all of, when the stake
    /// has to pay for it and does not suffice.
    function test_theLargestBatchOfRequestsCanBeUndone() public {
        settle(requestsOf("part", 700));
        vm.assertLe(record("settle the largest batch, of requests"), LARGEST_GAS_MAX);
        SignedBatch memory batch = requestsOf("all", 1000);
        settle(batch);
        payBonds();
        vm.prank(challenger);
        court.challengeRequest(batch.header, batch.requests, 0);
        vm.assertLe(vm.snapshotGasLastCall("Court", "challenge a request of the largest batch"), LARGEST_GAS_MAX);
        vm.startPrank(accountOf("operator"));
        stakes.unbond(dispatcher, STAKE - 200_000);
        elapse(UNBONDING_TIME);
        stakes.withdraw(dispatcher);
        vm.stopPrank();
        court.cancel(batch.header, ICourt.Subject.Request, 0, batch.debits, batch.requests, batch.credits);
        vm.assertLe(vm.snapshotGasLastCall("Court", "cancel the largest batch, of requests"), LARGEST_GAS_MAX);
    }

    function requestsOf(string memory users, uint128 paid) private returns (SignedBatch memory) {
        RequestPayment[] memory payments = new RequestPayment[](settlement.BATCH_ENTRIES_MAX() - 1);
        for (uint256 i = 0; i < payments.length; i++) {
            fund(numbered(users, i), 1000);
            payments[i] = RequestPayment(ask(numbered(users, i), 1000, "salt"), paid);
        }
        Credit[] memory credits = list(Credit(accountOf("payee"), uint128(payments.length * paid)));
        return aBatch("dispatcher", noDebits(), payments, credits);
    }

    function payBonds() private {
        token.mint(challenger, BOND);
        vm.prank(challenger);
        token.approve(address(court), BOND);
    }

    function test_whatAUserPays() public {
        token.mint(accountOf("user"), 1000);
        vm.prank(accountOf("user"));
        token.approve(address(settlement), 1000);
        uint40 expiry = uint40(block.timestamp + 1 days);

        vm.prank(accountOf("user"));
        settlement.depositAndAllow(dispatcher, 0, 500, expiry);
        record("depositAndAllow");
        vm.prank(accountOf("user"));
        settlement.deposit(500);
        record("deposit");
        vm.prank(accountOf("user"));
        settlement.allow(dispatcher, 0, 100, expiry);
        record("allow");
        vm.prank(accountOf("user"));
        settlement.close(dispatcher, 0);
        record("close");
        elapse(WITHDRAW_DELAY);
        vm.prank(accountOf("user"));
        settlement.release(dispatcher, 0);
        record("release");
        TaskId taskId = ask("user", 60, "salt");
        record("request");
        vm.warp(settlement.requestOf(taskId).reclaimableAt);
        settlement.reclaim(taskId);
        record("reclaim");
        vm.prank(accountOf("user"));
        settlement.withdraw(100);
        record("withdraw");
    }

    function test_whatAPayeePays() public {
        openLanes(1);
        settle(batchOf(1, 1, 1));
        mature();

        vm.prank(accountOf("payee 0"));
        settlement.claim();
        record("claim");
    }

    function record(string memory name) private returns (uint256) {
        return vm.snapshotGasLastCall(GROUP, name);
    }

    function recordPerTask(string memory name) private returns (uint256 gas) {
        gas = record(name);
        vm.snapshotValue(GROUP, string.concat(name, ", per task"), gas / TASKS);
    }

    function openLanes(uint256 payers) private {
        for (uint256 i = 0; i < payers; i++) {
            open(numbered("payer", i), "dispatcher", 0, 1 ether);
        }
    }

    function batchOf(uint256 payers, uint256 payees, uint256 tasks) private view returns (SignedBatch memory) {
        Debit[] memory debits = new Debit[](payers);
        uint128 total = 0;
        for (uint256 i = 0; i < payers; i++) {
            address payer = accountOf(numbered("payer", i));
            uint64 settled = settlement.allowance(payer, dispatcher, 0).settledSequence;
            uint256 count = tasks / payers + (i < tasks % payers ? 1 : 0);
            debits[i] = Debit(payer, 0, uint64(settled + count), uint128(count * 1_234_567_890_123));
            total += debits[i].amount;
        }
        Credit[] memory credits = new Credit[](payees);
        for (uint256 i = 0; i < payees; i++) {
            uint128 amount = i + 1 == payees ? total : total / 3;
            credits[i] = Credit(accountOf(numbered("payee", i)), amount);
            total -= amount;
        }
        return aBatch("dispatcher", debits, noRequests(), credits);
    }

    function numbered(string memory name, uint256 number) private pure returns (string memory) {
        return string.concat(name, " ", vm.toString(number));
    }
}
