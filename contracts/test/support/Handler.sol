// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Settlement} from "../../src/Settlement.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Credit, Debit, RequestPayment, SignedBatch} from "../../src/types/Batch.sol";
import {NodeCertificate, Roles} from "../../src/types/NodeCertificate.sol";
import {TaskId} from "../../src/types/Order.sol";
import {Deployment} from "./Deployment.sol";

/// @notice Random but valid life of a deployment: three payers, two dispatchers, two lanes each, three payees. Beside
/// the valid actions stand attacks; one that succeeds is counted in `breaches`.
contract Handler is Deployment {
    uint256 public constant PAYERS = 3;
    uint256 public constant DISPATCHERS = 2;
    uint256 public constant LANES = 2;
    uint256 public constant PAYEES = 3;

    string[3] private _payers = ["payer 0", "payer 1", "payer 2"];
    string[2] private _dispatchers = ["dispatcher 0", "dispatcher 1"];
    string[3] private _payees = ["payee 0", "payee 1", "payee 2"];
    // Their accounts, worked out once: the histories spend their time on the contracts.
    address[] private _payerAccounts;
    address[] private _dispatcherAccounts;
    address[] private _payeeAccounts;

    TaskId[] private _requests;
    bytes[] private _settled; // each an encoded Batch, which plain storage cannot hold

    /// @notice How many attacks succeeded.
    uint256 public breaches;
    uint256 public minted;
    uint256 public batches;
    mapping(address payer => mapping(address dispatcher => mapping(uint32 lane => uint256))) public tasksSettled;
    mapping(TaskId taskId => uint256) public timesPaidOrReclaimed;

    constructor() {
        deploy();
        for (uint256 i = 0; i < PAYERS; i++) {
            _payerAccounts.push(accountOf(_payers[i]));
        }
        for (uint256 i = 0; i < PAYEES; i++) {
            _payeeAccounts.push(accountOf(_payees[i]));
        }
        for (uint256 i = 0; i < DISPATCHERS; i++) {
            _dispatcherAccounts.push(accountOf(_dispatchers[i]));
            operate(Roles.DISPATCHER, _dispatchers[i]);
            NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, _dispatchers[i]);
            certificate.notAfter = type(uint64).max;
            registry.admit(certificate, signed(certificate, "manager"));
        }
    }

    // Valid actions.

    function deposit(uint256 payer, uint128 amount) external {
        amount = amount >> 24;
        fund(_payers[payer % PAYERS], amount);
        minted += amount;
    }

    function withdraw(uint256 payer, uint128 amount) external {
        address account = payerAt(payer);
        amount = uint128(within(amount, 0, settlement.balance(account)));
        vm.prank(account);
        settlement.withdraw(amount);
    }

    function allow(uint256 payer, uint256 dispatcher, uint32 lane, uint128 amount, uint40 time) external {
        address account = payerAt(payer);
        lane = uint32(lane % LANES);
        amount = uint128(within(amount, 0, settlement.balance(account)));
        uint256 expiry = settlement.allowance(account, dispatcherAt(dispatcher), lane).expiry;
        uint256 earliest = expiry > block.timestamp ? expiry : block.timestamp + 1;
        uint40 chosen = uint40(earliest + time % 10 days);
        vm.prank(account);
        settlement.allow(dispatcherAt(dispatcher), lane, amount, chosen);
    }

    function close(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        if (lent.expiry <= block.timestamp) return;
        vm.prank(payerAt(payer));
        settlement.close(dispatcherAt(dispatcher), lane);
    }

    function release(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        if (lent.remaining == 0 || block.timestamp < lent.expiry + WITHDRAW_DELAY) return;
        vm.prank(payerAt(payer));
        settlement.release(dispatcherAt(dispatcher), lane);
    }

    function request(uint256 payer, uint128 feeMax) external {
        feeMax = uint128(within(feeMax, 0, settlement.balance(payerAt(payer))));
        _requests.push(ask(_payers[payer % PAYERS], feeMax, bytes32(_requests.length)));
    }

    function reclaim(uint256 index) external {
        if (_requests.length == 0) return;
        TaskId taskId = _requests[index % _requests.length];
        ISettlement.Request memory asked = settlement.requestOf(taskId);
        if (asked.state != ISettlement.RequestState.Open || block.timestamp < asked.reclaimableAt) return;
        settlement.reclaim(taskId);
        timesPaidOrReclaimed[taskId]++;
    }

    function settle(uint256 dispatcher, uint256 seed) external {
        string memory name = _dispatchers[dispatcher % DISPATCHERS];
        (Debit[] memory debits, uint128 debited) = someDebits(dispatcherAt(dispatcher), seed);
        (RequestPayment[] memory payments, uint128 paid) = somePayments(seed);
        SignedBatch memory batch = aBatch(name, debits, payments, someCredits(debited + paid, seed));
        for (uint256 i = 0; i < debits.length; i++) {
            Debit memory debit = debits[i];
            uint64 settled = settlement.allowance(debit.payer, batch.header.dispatcher, debit.lane).settledSequence;
            tasksSettled[debit.payer][batch.header.dispatcher][debit.lane] += debit.to - settled;
        }
        settle(batch);
        for (uint256 i = 0; i < payments.length; i++) {
            timesPaidOrReclaimed[payments[i].taskId]++;
        }
        _settled.push(abi.encode(batch));
        batches++;
    }

    function claim(uint256 payee) external {
        address account = payeeAt(payee);
        if (settlement.claimable(account) == 0) return;
        vm.prank(account);
        settlement.claim();
    }

    function wait(uint32 time) external {
        elapse(time % 2 days);
    }

    // Attacks.

    function replay(uint256 index) external {
        if (_settled.length == 0) return;
        attempt(settledAt(index));
    }

    /// @dev The tasks of a settled batch once more, in a batch that is in order and signed.
    function settleAgain(uint256 index) external {
        if (_settled.length == 0) return;
        SignedBatch memory old = settledAt(index);
        if (old.debits.length + old.requests.length == 0) return;
        bool first = old.header.dispatcher == dispatcherAt(0);
        SignedBatch memory batch = aBatch(_dispatchers[first ? 0 : 1], old.debits, old.requests, old.credits);
        batch.header.count = old.header.count;
        resign(batch, _dispatchers[first ? 0 : 1]);
        attempt(batch);
    }

    function overdraw(uint256 payer, uint128 beyond) external {
        address account = payerAt(payer);
        uint256 amount = settlement.balance(account) + within(beyond, 1, type(uint64).max);
        vm.prank(account);
        try settlement.withdraw(uint128(amount)) {
            breaches++;
        } catch {}
    }

    function releaseEarly(uint256 payer, uint256 dispatcher, uint32 lane) external {
        lane = uint32(lane % LANES);
        ISettlement.Allowance memory lent = settlement.allowance(payerAt(payer), dispatcherAt(dispatcher), lane);
        if (block.timestamp >= lent.expiry + WITHDRAW_DELAY) return;
        vm.prank(payerAt(payer));
        try settlement.release(dispatcherAt(dispatcher), lane) {
            breaches++;
        } catch {}
    }

    function reclaimWrongly(uint256 index) external {
        if (_requests.length == 0) return;
        TaskId taskId = _requests[index % _requests.length];
        ISettlement.Request memory asked = settlement.requestOf(taskId);
        if (asked.state == ISettlement.RequestState.Open && block.timestamp >= asked.reclaimableAt) return;
        try settlement.reclaim(taskId) {
            breaches++;
        } catch {}
    }

    // What the invariants read.

    function market() external view returns (Settlement, DevToken) {
        return (settlement, token);
    }

    function requests() external view returns (TaskId[] memory) {
        return _requests;
    }

    function payerAt(uint256 index) public view returns (address) {
        return _payerAccounts[index % PAYERS];
    }

    function dispatcherAt(uint256 index) public view returns (address) {
        return _dispatcherAccounts[index % DISPATCHERS];
    }

    function payeeAt(uint256 index) public view returns (address) {
        return _payeeAccounts[index % PAYEES];
    }

    function settledAt(uint256 index) private view returns (SignedBatch memory) {
        return abi.decode(_settled[index % _settled.length], (SignedBatch));
    }

    function attempt(SignedBatch memory batch) private {
        try settlement.settle(batch) {
            breaches++;
        } catch {}
    }

    /// @dev A part of what remains in each lane that can be debited.
    function someDebits(address dispatcher, uint256 seed) private view returns (Debit[] memory debits, uint128 sum) {
        debits = new Debit[](PAYERS * LANES);
        uint256 length = 0;
        for (uint256 i = 0; i < debits.length; i++) {
            (address payer, uint32 lane) = (payerAt(i / LANES), uint32(i % LANES));
            ISettlement.Allowance memory lent = settlement.allowance(payer, dispatcher, lane);
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            if (random % 3 == 0 || block.timestamp >= uint256(lent.expiry) + WITHDRAW_DELAY) continue;
            uint128 amount = uint128(within(random >> 128, 0, lent.remaining));
            debits[length++] = Debit(payer, lane, lent.settledSequence + 1 + uint64(random % 50), amount);
            sum += amount;
        }
        assembly ("memory-safe") {
            mstore(debits, length)
        }
    }

    /// @dev A part of the escrow of each request that can be paid.
    function somePayments(uint256 seed) private view returns (RequestPayment[] memory payments, uint128 sum) {
        payments = new RequestPayment[](_requests.length);
        uint256 length = 0;
        for (uint256 i = 0; i < payments.length; i++) {
            ISettlement.Request memory asked = settlement.requestOf(_requests[i]);
            uint256 random = uint256(keccak256(abi.encode(seed, "payment", i)));
            bool payable_ = asked.state == ISettlement.RequestState.Open && block.timestamp < asked.reclaimableAt;
            if (random % 2 == 0 || !payable_) continue;
            uint128 amount = uint128(within(random >> 128, 0, asked.escrow));
            payments[length++] = RequestPayment(_requests[i], amount);
            sum += amount;
        }
        assembly ("memory-safe") {
            mstore(payments, length)
        }
    }

    function someCredits(uint128 total, uint256 seed) private view returns (Credit[] memory credits) {
        uint128 first = uint128(within(seed, 0, total));
        uint128 second = (total - first) / 3;
        credits = new Credit[](PAYEES);
        credits[0] = Credit(payeeAt(0), first);
        credits[1] = Credit(payeeAt(1), second);
        credits[2] = Credit(payeeAt(2), total - first - second);
    }
}
