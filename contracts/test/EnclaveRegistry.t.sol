// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EnclaveRegistry} from "../src/EnclaveRegistry.sol";
import {IEnclaveRegistry} from "../src/interfaces/IEnclaveRegistry.sol";
import {NodeCertificate, Roles} from "../src/types/NodeCertificate.sol";
import {Deployment} from "./support/Deployment.sol";

contract EnclaveRegistryTest is Deployment {
    address private node = accountOf("node");

    function setUp() public {
        deploy();
        operate(Roles.DISPATCHER, "node");
    }

    function test_admitsACertificateOfAListedManager() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");
        bytes32 certificateHash = hasher.digest(address(settlement), hasher.structHash(certificate));

        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.NodeAdmitted(node, certificateHash, accountOf("manager"), certificate);
        vm.prank(accountOf("anybody"));
        registry.admit(certificate, signature);

        IEnclaveRegistry.Node memory seen = registry.node(node);
        vm.assertEq(seen.role, Roles.DISPATCHER);
        vm.assertEq(seen.payout, certificate.payout);
        vm.assertEq(seen.notAfter, certificate.notAfter);
        vm.assertEq(seen.epoch, EPOCH);
        vm.assertEq(seen.revoked, false);
        vm.assertEq(seen.manager, accountOf("manager"));
        vm.assertEq(seen.measurementHash, keccak256(MEASUREMENT));
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), true);
        vm.assertEq(registry.isActive(node, Roles.WORKER), false);
        vm.assertEq(registry.isActive(accountOf("stranger"), Roles.DISPATCHER), false);
    }

    function test_nobodyIsActiveInRoleZero() public {
        vm.prank(GOVERNANCE);
        registry.setManager(address(0), 0, true);

        vm.assertEq(registry.isActive(accountOf("stranger"), 0), false);
    }

    function test_nodeIsActiveUpToTheEndOfItsCertificate() public {
        enrol("node");
        uint64 notAfter = registry.node(node).notAfter;

        vm.warp(notAfter);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), true);
        vm.warp(notAfter + 1);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
    }

    function test_nodeIsInactiveOnceItsMeasurementIsNotAcceptedAnyMore() public {
        enrol("node");

        vm.prank(GOVERNANCE);
        registry.setMeasurement(Roles.DISPATCHER, keccak256(MEASUREMENT), false);

        vm.assertEq(registry.isAccepted(Roles.DISPATCHER, keccak256(MEASUREMENT)), false);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
    }

    function test_nodeIsInactiveOnceItsManagerIsUnlistedOrMovesOn() public {
        enrol("node");

        vm.startPrank(GOVERNANCE);
        registry.setManager(accountOf("manager"), EPOCH, false);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
        registry.setManager(accountOf("manager"), EPOCH + 1, true);
        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
        vm.stopPrank();
        vm.assertEq(registry.manager(accountOf("manager")).epoch, EPOCH + 1);
    }

    function test_refusesASignatureByAnybodyElse() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "node");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.ManagerNotActive.selector, node, EPOCH));
        registry.admit(certificate, signature);
    }

    function test_refusesACertificateThatWasChangedAfterSigning() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");
        certificate.payout = accountOf("thief");

        vm.expectPartialRevert(IEnclaveRegistry.ManagerNotActive.selector);
        registry.admit(certificate, signature);
    }

    function test_refusesACertificateForAnotherChainOrDeployment() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory elsewhere = sign("manager", hasher.digest(address(this), hasher.structHash(certificate)));
        bytes memory here = signed(certificate, "manager");

        vm.expectPartialRevert(IEnclaveRegistry.ManagerNotActive.selector);
        registry.admit(certificate, elsewhere);
        vm.chainId(1);
        vm.expectPartialRevert(IEnclaveRegistry.ManagerNotActive.selector);
        registry.admit(certificate, here);
    }

    function test_refusesAMalleatedSignature() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        (bytes memory malleated, bytes32 s) = malleate(signed(certificate, "manager"));

        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        registry.admit(certificate, malleated);
    }

    function test_refusesASignatureThatIsNone() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");

        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 64));
        registry.admit(certificate, new bytes(64));
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        registry.admit(certificate, new bytes(65));
    }

    function test_refusesAnUnlistedManagerAndOneOfAnotherEpoch() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        certificate.managerEpoch = EPOCH - 1;
        bytes memory signature = signed(certificate, "manager");
        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.ManagerNotActive.selector, accountOf("manager"), EPOCH - 1)
        );
        registry.admit(certificate, signature);

        certificate.managerEpoch = EPOCH;
        signature = signed(certificate, "manager");
        vm.prank(GOVERNANCE);
        registry.setManager(accountOf("manager"), EPOCH, false);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.ManagerNotActive.selector, accountOf("manager"), EPOCH));
        registry.admit(certificate, signature);
    }

    function test_refusesAMeasurementOfAnotherRole() public {
        NodeCertificate memory certificate = aCertificate(Roles.STORE, "node");
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(
            abi.encodeWithSelector(
                IEnclaveRegistry.MeasurementNotAccepted.selector, Roles.STORE, keccak256(MEASUREMENT)
            )
        );
        registry.admit(certificate, signature);
    }

    function test_refusesAnExpiredCertificate() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");
        vm.warp(certificate.notAfter + 1);

        vm.expectRevert(
            abi.encodeWithSelector(
                IEnclaveRegistry.CertificateExpired.selector, certificate.notAfter, certificate.notAfter + 1
            )
        );
        registry.admit(certificate, signature);
    }

    function test_refusesACertificateWithoutSigner() public {
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        certificate.signer = address(0);
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(IEnclaveRegistry.SignerMissing.selector);
        registry.admit(certificate, signature);
    }

    function test_renewsWithALaterCertificateOnly() public {
        NodeCertificate memory first = aCertificate(Roles.DISPATCHER, "node");
        NodeCertificate memory second = aCertificate(Roles.DISPATCHER, "node");
        second.notAfter += 1;
        second.payout = accountOf("new payout");
        registry.admit(first, signed(first, "manager"));
        registry.admit(second, signed(second, "manager"));
        vm.assertEq(registry.node(node).payout, accountOf("new payout"));

        bytes memory signature = signed(first, "manager");
        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.CertificateNotNewer.selector, node, EPOCH, second.notAfter)
        );
        registry.admit(first, signature);
        signature = signed(second, "manager");
        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.CertificateNotNewer.selector, node, EPOCH, second.notAfter)
        );
        registry.admit(second, signature);
    }

    function test_laterEpochRenewsAndAnEarlierOneDoesNot() public {
        enrol("node");
        vm.prank(GOVERNANCE);
        registry.setManager(accountOf("next manager"), EPOCH + 1, true);
        operate(Roles.MANAGER, "next manager");
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        certificate.managerEpoch = EPOCH + 1;
        certificate.notAfter -= 1 days;
        registry.admit(certificate, signed(certificate, "next manager"));
        vm.assertEq(registry.node(node).epoch, EPOCH + 1);

        NodeCertificate memory older = aCertificate(Roles.DISPATCHER, "node");
        older.notAfter += 1 days;
        bytes memory signature = signed(older, "manager");
        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.CertificateNotNewer.selector, node, EPOCH + 1, certificate.notAfter)
        );
        registry.admit(older, signature);
    }

    function test_aSigningKeyKeepsItsRole() public {
        enrol("node");
        NodeCertificate memory certificate = aCertificate(Roles.WORKER, "node");
        certificate.notAfter += 1;
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(
            abi.encodeWithSelector(IEnclaveRegistry.NodeRoleFixed.selector, node, Roles.DISPATCHER, Roles.WORKER)
        );
        registry.admit(certificate, signature);
    }

    function test_ownerAndManagersRevokeForEver() public {
        enrol("node");
        enrol("other");

        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.NodeRevoked(node, GOVERNANCE);
        vm.prank(GOVERNANCE);
        registry.revoke(node);
        vm.prank(accountOf("manager"));
        registry.revoke(accountOf("other"));

        vm.assertEq(registry.isActive(node, Roles.DISPATCHER), false);
        vm.assertEq(registry.isActive(accountOf("other"), Roles.DISPATCHER), false);
        NodeCertificate memory renewal = aCertificate(Roles.DISPATCHER, "node");
        renewal.notAfter += 1;
        bytes memory signature = signed(renewal, "manager");
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeIsRevoked.selector, node));
        registry.admit(renewal, signature);
    }

    function test_aKeyIsRevokedBeforeItIsEverAdmitted() public {
        vm.prank(GOVERNANCE);
        registry.revoke(node);
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        bytes memory signature = signed(certificate, "manager");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeIsRevoked.selector, node));
        registry.admit(certificate, signature);
    }

    function test_refusesToRevokeTwiceOrByAnybodyElse() public {
        enrol("node");

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.RevokerNotAllowed.selector, address(this)));
        registry.revoke(node);
        vm.startPrank(GOVERNANCE);
        registry.setManager(accountOf("manager"), EPOCH, false);
        registry.revoke(node);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.NodeIsRevoked.selector, node));
        registry.revoke(node);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.RevokerNotAllowed.selector, accountOf("manager")));
        vm.prank(accountOf("manager"));
        registry.revoke(node);
    }

    function test_onlyTheOwnerGoverns() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));

        vm.expectRevert(refusal);
        registry.setManager(address(this), 1, true);
        vm.expectRevert(refusal);
        registry.setMeasurement(Roles.WORKER, bytes32(0), true);
        vm.expectRevert(refusal);
        registry.setPlatform(PLATFORM, address(this));
    }

    function test_aNewOwnerAcceptsFirst() public {
        vm.prank(GOVERNANCE);
        registry.transferOwnership(address(this));
        vm.assertEq(registry.owner(), GOVERNANCE);

        registry.acceptOwnership();

        vm.assertEq(registry.owner(), address(this));
    }

    function test_refusesMeasurementsOfUnknownRoles() public {
        vm.startPrank(GOVERNANCE);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.RoleUnknown.selector, 0));
        registry.setMeasurement(0, bytes32(0), true);
        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.RoleUnknown.selector, 5));
        registry.setMeasurement(5, bytes32(0), true);
        vm.stopPrank();
    }

    function test_saysWhatItWasTold() public {
        vm.startPrank(GOVERNANCE);
        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.ManagerChanged(accountOf("new manager"), 9, true, uint64(START));
        registry.setManager(accountOf("new manager"), 9, true);
        vm.expectEmit(address(registry));
        emit IEnclaveRegistry.MeasurementChanged(Roles.STORE, keccak256("new"), true, uint64(START));
        registry.setMeasurement(Roles.STORE, keccak256("new"), true);
        vm.stopPrank();

        vm.assertEq(registry.manager(accountOf("new manager")).active, true);
        vm.assertEq(registry.isAccepted(Roles.STORE, keccak256("new")), true);
        vm.assertEq(registry.settlement(), address(settlement));
    }

    function testFuzz_admitsNothingThatAStrangerSigned(uint256 key, uint64 epoch, uint64 notAfter) public {
        key = within(key, 1, type(uint128).max);
        NodeCertificate memory certificate = aCertificate(Roles.DISPATCHER, "node");
        certificate.managerEpoch = epoch;
        certificate.notAfter = notAfter;
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, hasher.digest(address(settlement), hasher.structHash(certificate)));

        vm.expectRevert(abi.encodeWithSelector(IEnclaveRegistry.ManagerNotActive.selector, vm.addr(key), epoch));
        registry.admit(certificate, abi.encodePacked(r, s, v));
    }
}
