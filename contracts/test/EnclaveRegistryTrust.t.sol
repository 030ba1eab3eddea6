// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EnclaveRegistry} from "../src/EnclaveRegistry.sol";
import {IEnclaveRegistry} from "../src/interfaces/IEnclaveRegistry.sol";
import {IManagerAttestation} from "../src/interfaces/IManagerAttestation.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {NodeCertificate, NodeOperation, Roles} from "../src/types/NodeCertificate.sol";
import {Deployment} from "./support/Deployment.sol";

/// @notice Who may become trusted widely: platform by governance, node by its operator, both after a delay.
contract EnclaveRegistryTrustTest is Deployment {
    uint64 private constant DELAY = 2 days;

    address private node = accountOf("node");
    address private operator = accountOf("operator");

    function setUp() public {
        deploy();
        registry = new EnclaveRegistry(GOVERNANCE, address(settlement), DELAY, IManagerAttestation(address(0)));
    }

    /// @dev Everything that a dispatcher needs but its operator's word, in effect.
    function prepare() private {
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, operator);
        registry.setManager(accountOf("manager"), EPOCH, true);
        registry.setMeasurement(Roles.DISPATCHER, keccak256(MEASUREMENT), true);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        operate(Roles.MANAGER, "manager");
        vm.warp(START + DELAY);
    }

    function admit(uint8 role) private {
        NodeCertificate memory certificate = aCertificate(role, "node");
        registry.admit(certificate, signed(certificate, "manager"));
    }

    function admitted() private {
        prepare();
        operate(Roles.DISPATCHER, "node");
        vm.warp(START + 2 * DELAY);
        admit(Roles.DISPATCHER);
    }

    function test_aCertificateAloneMakesNoDispatcher() public {
        prepare();
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeNotOperated.selector, node, Roles.DISPATCHER));
        registry.admit(certificate, signature);
    }

    function test_aWorkerNeedsNoOperator() public {
        prepare();

        admit(Roles.WORKER);

        vm.assertEq(registry.isActive(node, Roles.WORKER), true);
    }

    function test_anOperatorsWordTakesEffectAfterTheDelay() public {
        prepare();
        NodeOperation memory operation = anOperation(Roles.DISPATCHER, "node");
        bytes memory signature = signed(operation, "operator");
        uint64 from = uint64(START + 2 * DELAY);
        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.NodeOperated(node, Roles.DISPATCHER, PLATFORM, operator, from);
        vm.prank(accountOf("anybody"));
        registry.operate(operation, signature);
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory certified = signed(certificate, "manager");

        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeNotOperated.selector, node, Roles.DISPATCHER));
        registry.admit(certificate, certified);
        vm.warp(from);
        registry.admit(certificate, certified);

        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), true);
        vm.assertEq(registry.operation(node).from, from);
        vm.assertEq(registry.operation(node).platform, PLATFORM);
    }

    function test_aPlatformAMeasurementAndAManagerTakeEffectAfterTheDelay() public {
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, operator);
        registry.setManager(accountOf("manager"), EPOCH, true);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        vm.stopPrank();
        operate(Roles.MANAGER, "manager");

        vm.warp(START + DELAY - 1);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), false);
        vm.assertEq(registry.isOperated(accountOf("manager"), Roles.MANAGER), false);
        vm.assertEq(registry.isAccepted(Roles.WORKER, keccak256(MEASUREMENT)), false);
        vm.warp(START + DELAY);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), true);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH + 1), false);
        vm.assertEq(registry.isOperated(accountOf("manager"), Roles.MANAGER), true);
        vm.assertEq(registry.isAccepted(Roles.WORKER, keccak256(MEASUREMENT)), true);
        vm.assertEq(registry.trustDelay(), DELAY);
        vm.assertEq(registry.platform(PLATFORM).from, START + DELAY);
    }

    function test_aManagerWithoutItsOperatorsWordIsNone() public {
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, operator);
        registry.setManager(accountOf("manager"), EPOCH, true);
        vm.stopPrank();
        vm.warp(START + DELAY);

        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), false);
    }

    function test_whatIsAcceptedAlreadyStaysSo() public {
        prepare();

        vm.startPrank(GOVERNANCE);
        registry.setPlatform(PLATFORM, operator);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        registry.setManager(accountOf("manager"), EPOCH + 1, true);
        vm.stopPrank();

        vm.assertEq(registry.isOperated(accountOf("manager"), Roles.MANAGER), true);
        vm.assertEq(registry.isAccepted(Roles.WORKER, keccak256(MEASUREMENT)), true);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH + 1), true);
    }

    function test_whatWasUnlistedComesBackAfterTheDelayOnly() public {
        prepare();
        vm.startPrank(GOVERNANCE);
        registry.setManager(accountOf("manager"), EPOCH, false);
        registry.setManager(accountOf("manager"), EPOCH, true);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), false);
        registry.setMeasurement(Roles.WORKER, keccak256(MEASUREMENT), true);
        vm.stopPrank();

        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), false);
        vm.assertEq(registry.isAccepted(Roles.WORKER, keccak256(MEASUREMENT)), false);
        vm.warp(START + 2 * DELAY);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), true);
        vm.assertEq(registry.isAccepted(Roles.WORKER, keccak256(MEASUREMENT)), true);
    }

    function test_unlistingAPlatformShutsOutWhatRunsThereAtOnce() public {
        admitted();
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), true);

        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.PlatformChanged(PLATFORM, address(0), 0);
        vm.prank(GOVERNANCE);
        registry.setPlatform(PLATFORM, address(0));

        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
        vm.assertEq(registry.isManager(accountOf("manager"), EPOCH), false);
    }

    function test_anotherOperatorOfAPlatformDoesNotTakeOverItsNodes() public {
        admitted();

        vm.prank(GOVERNANCE);
        registry.setPlatform(PLATFORM, accountOf("new operator"));
        vm.warp(START + 4 * DELAY);

        vm.assertEq(registry.isOperated(node, Roles.DISPATCHER), false);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
    }

    function test_anOperatorAbandonsANodeForEver() public {
        admitted();
        NodeOperation memory operation = anOperation(Roles.DISPATCHER, "node");
        bytes memory signature = signed(operation, "operator");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.OperatorOnly.selector, operator, address(this)));
        registry.abandon(node);
        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.NodeAbandoned(node, operator);
        vm.prank(operator);
        registry.abandon(node);

        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeIsOperated.selector, node));
        registry.operate(operation, signature);
    }

    function test_nobodyAbandonsANodeThatNobodyOperates() public {
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.OperatorOnly.selector, address(0), address(0)));
        vm.prank(address(0));
        registry.abandon(node);
    }

    function test_refusesAnOperationByAnybodyElse() public {
        prepare();
        NodeOperation memory operation = anOperation(Roles.DISPATCHER, "node");
        bytes memory signature = signed(operation, "node");

        vm.expectRevert(abi.encodeWithSelector(TypedData.WrongSigner.selector, operator, node));
        registry.operate(operation, signature);
    }

    function test_refusesAnOperationThatWasChangedAfterSigning() public {
        prepare();
        NodeOperation memory operation = anOperation(Roles.STORE, "node");
        bytes memory signature = signed(operation, "operator");
        operation.role = Roles.DISPATCHER;

        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        registry.operate(operation, signature);
    }

    function test_refusesAnOperationOfAnotherDeployment() public {
        prepare();
        NodeOperation memory operation = anOperation(Roles.DISPATCHER, "node");
        bytes memory signature = sign("operator", hasher.digest(address(this), hasher.structHash(operation)));

        vm.expectPartialRevert(TypedData.WrongSigner.selector);
        registry.operate(operation, signature);
    }

    function test_refusesAnOperationOnAPlatformThatIsNotListed() public {
        NodeOperation memory operation = anOperation(Roles.DISPATCHER, "node");
        bytes memory signature = signed(operation, "operator");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.PlatformNotListed.selector, PLATFORM));
        registry.operate(operation, signature);
    }

    function test_refusesAnOperationOfAWorkerOrOfNobody() public {
        prepare();
        NodeOperation memory operation = anOperation(Roles.WORKER, "node");
        bytes memory signature = signed(operation, "operator");
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.RoleUnknown.selector, Roles.WORKER));
        registry.operate(operation, signature);

        operation = anOperation(Roles.DISPATCHER, "node");
        operation.signer = address(0);
        signature = signed(operation, "operator");
        vm.expectRevert(IEnclaveRegistry.SignerMissing.selector);
        registry.operate(operation, signature);
    }

    function test_anOperationInOneRoleIsNoneInAnother() public {
        prepare();
        operate(Roles.STORE, "node");
        vm.warp(START + 2 * DELAY);
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeNotOperated.selector, node, Roles.DISPATCHER));
        registry.admit(certificate, signature);
    }

    function test_refusesADelayThatNobodyCouldWaitFor() public {
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.TrustDelayTooLong.selector, 30 days + 1, 30 days));
        new EnclaveRegistry(GOVERNANCE, address(settlement), 30 days + 1, IManagerAttestation(address(0)));
    }

    function testFuzz_nothingIsTrustedBeforeItsTime(uint64 wait, uint8 role) public {
        prepare();
        operate(Roles.DISPATCHER, "node");
        wait = uint64(within(wait, 0, DELAY - 1));
        vm.warp(START + DELAY + wait);

        vm.assertEq(registry.isOperated(node, role), false);
    }
}
