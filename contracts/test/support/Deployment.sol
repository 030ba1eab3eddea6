// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {EnclaveRegistry} from "../../src/EnclaveRegistry.sol";
import {Settlement} from "../../src/Settlement.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {IManagerAttestation} from "../../src/interfaces/IManagerAttestation.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {BatchHeader, Credit, Debit, RequestPayment} from "../../src/types/Batch.sol";
import {NodeCertificate, NodeOperation, Roles} from "../../src/types/NodeCertificate.sol";
import {
    BlockRef,
    DatasetUse,
    FeeTerms,
    Limits,
    Order,
    OutputTerms,
    ServiceRef,
    TaskId,
    Tier
} from "../../src/types/Order.sol";
import {Hasher} from "./Hasher.sol";
import {Test} from "./Vm.sol";

/// @notice A deployment with one listed manager, and builders of orders, certificates and batches for it.
abstract contract Deployment is Test {
    struct Batch {
        BatchHeader header;
        Debit[] debits;
        RequestPayment[] requests;
        Credit[] credits;
        bytes signature;
    }

    uint40 internal constant WITHDRAW_DELAY = 1 days;
    uint64 internal constant EPOCH = 3;
    uint256 internal constant START = 1_800_000_000;
    bytes internal constant MEASUREMENT = "a measurement of forty-eight bytes, SHA-384 wide";

    bytes32 internal constant PLATFORM = keccak256("platform identity");

    address internal immutable GOVERNANCE = accountOf("governance");
    Hasher internal hasher = new Hasher();
    DevToken internal token;
    EnclaveRegistry internal registry;
    Settlement internal settlement;

    function deploy() internal {
        token = new DevToken(address(this));
        deployFor(token);
    }

    function deployFor(IERC20 currency) internal {
        vm.warp(START);
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        registry = new EnclaveRegistry(GOVERNANCE, predicted, 0, IManagerAttestation(address(0)));
        settlement = new Settlement(currency, registry, WITHDRAW_DELAY);
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, accountOf("operator"));
        registry.setManager(accountOf("manager"), EPOCH, true);
        registry.setMeasurement(Roles.DISPATCHER, keccak256(MEASUREMENT), true);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        operate(Roles.MANAGER, "manager");
    }

    /// @notice The operator answers for a node, unless she does already.
    function operate(uint8 role, string memory name) internal {
        if (registry.operation(accountOf(name)).operator != address(0)) return;
        NodeOperation memory operation = anOperation(role, name);
        registry.operate(operation, signed(operation, "operator"));
    }

    function anOperation(uint8 role, string memory name) internal pure returns (NodeOperation memory) {
        return NodeOperation({role: role, signer: accountOf(name), platform: PLATFORM});
    }

    function signed(NodeOperation memory operation, string memory by) internal view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(operation)));
    }

    function aCertificate(uint8 role, string memory name) internal view returns (NodeCertificate memory) {
        return NodeCertificate({
            role: role,
            tlsKeyHash: keccak256("tls key"),
            signer: accountOf(name),
            payout: accountOf("payout"),
            measurement: MEASUREMENT,
            platformTag: keccak256("platform"),
            tcbStatus: 0,
            managerEpoch: EPOCH,
            notAfter: uint64(block.timestamp + 30 days)
        });
    }

    function signed(NodeCertificate memory certificate, string memory by) internal view returns (bytes memory) {
        return sign(by, hasher.digest(address(settlement), hasher.structHash(certificate)));
    }

    function enrol(string memory dispatcher) internal {
        operate(Roles.DISPATCHER, dispatcher);
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, dispatcher);
        registry.admit(certificate, signed(certificate, "manager"));
    }

    /// @notice Gives an account `amount` tokens and moves them into its free balance.
    function fund(string memory name, uint128 amount) internal {
        token.mint(accountOf(name), amount);
        vm.startPrank(accountOf(name));
        token.approve(address(settlement), amount);
        settlement.deposit(amount);
        vm.stopPrank();
    }

    /// @notice A permit of `name`, over `amount`, for the settlement contract.
    function permitFor(string memory name, uint256 amount) internal view returns (ISettlement.Permit memory permit) {
        address account = accountOf(name);
        bytes32 permitType =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        permit.deadline = block.timestamp + 1 hours;
        bytes32 structHash = keccak256(
            abi.encode(permitType, account, address(settlement), amount, token.nonces(account), permit.deadline)
        );
        (permit.v, permit.r, permit.s) =
            vm.sign(keyOf(name), MessageHashUtils.toTypedDataHash(token.DOMAIN_SEPARATOR(), structHash));
    }

    /// @notice Funds an account and opens a lane with all of it for ten days.
    function open(string memory payer, string memory dispatcher, uint32 lane, uint128 amount) internal {
        fund(payer, amount);
        vm.prank(accountOf(payer));
        settlement.allow(accountOf(dispatcher), lane, amount, uint40(block.timestamp + 10 days));
    }

    /// @notice An order for an on-chain request.
    function anOrder(string memory user, uint128 feeMax) internal view returns (Order memory order) {
        order.user = accountOf(user);
        order.service = ServiceRef({id: 1, version: 1, imageDigest: keccak256("image"), priceVersion: 1});
        order.datasets = new DatasetUse[](1);
        order.datasets[0] = DatasetUse({id: 1, licenceDigest: keccak256("licence"), priceCap: 5});
        order.purpose = "research";
        order.inputCommitment = keccak256("input");
        order.output = OutputTerms({key: keccak256("output key"), capBytes: 4096, paddingBytes: 256});
        order.fee = FeeTerms({max: feeMax, dispatcherBasisPointsMax: 100});
        order.limits = Limits({fuel: 1e9, fuelStep: 1e6, memoryBytes: 1 << 26});
        order.tier = Tier({
            isolation: 0,
            profile: "wasm-1",
            teeKinds: 1,
            tcbNotBefore: 0,
            required: 1,
            redundancy: 1,
            distinctOwners: 1,
            distinctVendors: 1,
            distinctPlatforms: 1
        });
        order.recentBlock = BlockRef({number: 1, hash: keccak256("block")});
        order.deadline = uint64(block.timestamp + 1 hours);
        order.salt = keccak256("salt");
    }

    function taskIdOf(Order memory order) internal view returns (TaskId) {
        return TaskId.wrap(hasher.digest(address(settlement), hasher.structHash(order)));
    }

    function signed(Order memory order, string memory by) internal view returns (bytes memory) {
        return sign(by, TaskId.unwrap(taskIdOf(order)));
    }

    /// @notice Orders a task on chain out of the user's free balance.
    function ask(string memory user, uint128 feeMax, bytes32 salt) internal returns (TaskId taskId) {
        Order memory order = anOrder(user, feeMax);
        order.salt = salt;
        bytes memory signature = signed(order, user);
        vm.prank(accountOf(user));
        return settlement.request(order, signature, "bafy-sealed-input");
    }

    /// @notice The next batch of a dispatcher: balanced in its header if it is in its parts. Signed.
    function aBatch(
        string memory dispatcher,
        Debit[] memory debits,
        RequestPayment[] memory requests,
        Credit[] memory credits
    ) internal view returns (Batch memory batch) {
        address account = accountOf(dispatcher);
        ISettlement.BatchChain memory chain = settlement.batchChain(account);
        batch.debits = debits;
        batch.requests = requests;
        batch.credits = credits;
        batch.header.dispatcher = account;
        batch.header.number = chain.number + 1;
        batch.header.previous = chain.head;
        batch.header.receiptsRoot = keccak256("receipts");
        batch.header.count = uint32(requests.length);
        for (uint256 i = 0; i < debits.length; i++) {
            uint64 settled = settlement.allowance(debits[i].payer, account, debits[i].lane).settledSequence;
            if (debits[i].to > settled) batch.header.count += uint32(debits[i].to - settled);
        }
        for (uint256 i = 0; i < credits.length; i++) {
            batch.header.total += credits[i].amount;
        }
        batch.header.debits = keccak256(abi.encode(debits));
        batch.header.requests = keccak256(abi.encode(requests));
        batch.header.credits = keccak256(abi.encode(credits));
        resign(batch, dispatcher);
    }

    function headerHash(Batch memory batch) internal view returns (bytes32) {
        return hasher.digest(address(settlement), hasher.structHash(batch.header));
    }

    function resign(Batch memory batch, string memory by) internal view {
        batch.signature = sign(by, headerHash(batch));
    }

    function settle(Batch memory batch) internal {
        settlement.settle(batch.header, batch.debits, batch.requests, batch.credits, batch.signature);
    }

    function list(Debit memory debit) internal pure returns (Debit[] memory debits) {
        debits = new Debit[](1);
        debits[0] = debit;
    }

    function list(RequestPayment memory payment) internal pure returns (RequestPayment[] memory payments) {
        payments = new RequestPayment[](1);
        payments[0] = payment;
    }

    function list(Credit memory credit) internal pure returns (Credit[] memory credits) {
        credits = new Credit[](1);
        credits[0] = credit;
    }

    function noDebits() internal pure returns (Debit[] memory) {
        return new Debit[](0);
    }

    function noRequests() internal pure returns (RequestPayment[] memory) {
        return new RequestPayment[](0);
    }

    function noCredits() internal pure returns (Credit[] memory) {
        return new Credit[](0);
    }
}
