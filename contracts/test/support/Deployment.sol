// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Court} from "../../src/Court.sol";
import {Demands} from "../../src/Demands.sol";
import {EnclaveRegistry} from "../../src/EnclaveRegistry.sol";
import {Settlement} from "../../src/Settlement.sol";
import {Stakes} from "../../src/Stakes.sol";
import {DevToken} from "../../src/dev/DevToken.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {IManagerAttestation} from "../../src/interfaces/IManagerAttestation.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IStakes} from "../../src/interfaces/IStakes.sol";
import {BatchHeader, Credit, Debit, RequestPayment, SignedBatch} from "../../src/types/Batch.sol";
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
    uint40 internal constant WITHDRAW_DELAY = 1 days;
    uint40 internal constant PERIOD = 1 days;
    uint40 internal constant WINDOW = 12 hours;
    uint40 internal constant ANSWER_TIME = 6 hours;
    uint40 internal constant GRACE = 2 hours;
    uint40 internal constant UNBONDING_TIME = 7 days;
    uint128 internal constant BOND = 1000;
    uint128 internal constant REWARD_MAX = 500;
    /// @dev Enough for every batch of these tests.
    uint128 internal constant STAKE = type(uint128).max;
    uint64 internal constant EPOCH = 3;
    /// @dev Just after a period has begun.
    uint256 internal constant START = 20_834 * uint256(PERIOD) + 1 minutes;
    bytes internal constant MEASUREMENT = "a measurement of forty-eight bytes, SHA-384 wide";

    bytes32 internal constant PLATFORM = keccak256("platform identity");

    address internal immutable GOVERNANCE = accountOf("governance");
    Hasher internal hasher = new Hasher();
    DevToken internal token;
    EnclaveRegistry internal registry;
    Settlement internal settlement;
    Stakes internal stakes;
    Court internal court;
    Demands internal demands;

    function deploy() internal {
        token = new DevToken(address(this));
        deployFor(token);
    }

    function deployFor(IERC20 currency) internal {
        vm.warp(START);
        // The contracts name each other, so the later ones' addresses are known beforehand.
        registry = new EnclaveRegistry(GOVERNANCE, next(1), 0, IManagerAttestation(address(0)));
        settlement = new Settlement(termsFor(currency));
        stakes = new Stakes(settlement, IStakes.Terms(UNBONDING_TIME, accountOf("treasury"), REWARD_MAX));
        court = new Court(settlement, ICourt.Terms(WINDOW, ANSWER_TIME, BOND, REWARD_MAX));
        demands = new Demands(settlement, IDemands.Terms(GRACE, ANSWER_TIME, BOND));
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, accountOf("operator"));
        registry.setManager(accountOf("manager"), EPOCH, true);
        registry.setMeasurement(Roles.DISPATCHER, keccak256(MEASUREMENT), true);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        operate(Roles.MANAGER, "manager");
    }

    /// @notice The terms of a settlement that is created next, followed by stakes, court and demands.
    function termsFor(IERC20 currency) internal view returns (ISettlement.Terms memory) {
        return ISettlement.Terms({
            token: currency,
            registry: registry,
            stakes: IStakes(next(1)),
            court: next(2),
            demands: next(3),
            withdrawDelay: WITHDRAW_DELAY,
            period: PERIOD
        });
    }

    /// @notice Makes a registry, and the terms of the settlement that is created right after it.
    function termsOfANewOne() internal returns (ISettlement.Terms memory terms) {
        registry = new EnclaveRegistry(GOVERNANCE, next(1), 0, IManagerAttestation(address(0)));
        return termsFor(IERC20(address(token)));
    }

    /// @dev The terms name the contracts that are created after it.
    function newSettlement(ISettlement.Terms memory terms) internal returns (Settlement) {
        return new Settlement(terms);
    }

    /// @notice The address of the contract that this one creates after so many others.
    function next(uint256 others) internal view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + others);
    }

    /// @notice Waits until everything that was credited has matured.
    function mature() internal {
        elapse(2 * PERIOD);
    }

    /// @notice Gives `staker` tokens and bonds them for `name`.
    function bond(string memory name, string memory staker, uint128 amount) internal {
        token.mint(accountOf(staker), amount);
        vm.startPrank(accountOf(staker));
        token.approve(address(stakes), amount);
        stakes.bond(accountOf(name), amount);
        vm.stopPrank();
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

    function enrolWithoutStake(string memory dispatcher) internal {
        operate(Roles.DISPATCHER, dispatcher);
        admit(Roles.DISPATCHER, dispatcher);
    }

    function enrol(string memory dispatcher) internal {
        enrolWithoutStake(dispatcher);
        if (address(token) != address(0)) bond(dispatcher, "operator", STAKE);
    }

    function admit(uint8 role, string memory name) internal {
        NodeCertificate memory certificate = aCertificate(role, name);
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
    ) internal view returns (SignedBatch memory batch) {
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

    function headerHash(SignedBatch memory batch) internal view returns (bytes32) {
        return hasher.digest(address(settlement), hasher.structHash(batch.header));
    }

    function resign(SignedBatch memory batch, string memory by) internal view {
        batch.signature = sign(by, headerHash(batch));
    }

    function settle(SignedBatch memory batch) internal {
        settlement.settle(batch);
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
