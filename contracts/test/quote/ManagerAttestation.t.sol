// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IManagerAttestation} from "../../src/interfaces/IManagerAttestation.sol";
import {IQuoteVerifier} from "../../src/interfaces/IQuoteVerifier.sol";
import {ManagerAttestation} from "../../src/quote/ManagerAttestation.sol";
import {Roles} from "../../src/types/NodeCertificate.sol";
import {TcbStatus, Tee} from "../../src/types/Tcb.sol";
import {Collateral} from "./support/IntelChain.sol";
import {AttestedRegistry} from "./support/AttestedRegistry.sol";

contract ManagerAttestationTest is AttestedRegistry {
    bytes private constant JAVA_REPORT_DATA =
        hex"bcbd7bc0b8d12f97db2fcfd5c6a6913988ff1ef0bfda261deee257151462bbf94dfef7ef5605334a3ef453e61d97b9979ee5273d57d97baecda8a29884168f0c";

    function setUp() public {
        deploy();
    }

    function test_noListedKeyIsAManagersBeforeItIsAttested() public {
        vm.assertEq(address(registry.managerAttestation()), address(attestation));
        vm.assertEq(registry.isManager(MANAGER, EPOCH), false);

        vm.expectEmit(address(attestation));
        emit IManagerAttestation.ManagerAttested(
            MANAGER, keccak256(measurementOf(Tee.Tdx)), keccak256(aPlatform().ppid), uint64(NOW) + LIFE, 19
        );
        attest(aBoundQuote());

        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);
        vm.assertEq(registry.isManager(MANAGER, EPOCH + 1), false);
        IManagerAttestation.Attestation memory known = attestation.attestation(MANAGER);
        vm.assertEq(known.until, NOW + LIFE);
        vm.assertEq(known.evaluationNumber, 19);
        vm.assertEq(attestation.life(), LIFE);
        vm.assertEq(address(attestation.verifier()), address(chains.verifier()));
    }

    function test_isNoManagerWithoutAFreshQuote() public {
        attest(aBoundQuote());
        elapse(LIFE);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);
        elapse(1);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), false);

        attestation.attestManager(MANAGER, BLOCK + 1, encode(aBoundQuote()));
        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);
    }

    function test_takesNoQuoteTwiceAndNoneThatIsOlder() public {
        bytes memory quote = encode(aBoundQuote());
        attestation.attestManager(MANAGER, BLOCK + 1, quote);
        for (uint256 number = BLOCK; number <= BLOCK + 1; number++) {
            vm.expectRevert(
                abi.encodeWithSelector(IManagerAttestation.QuoteNotNewer.selector, number, uint64(BLOCK + 1))
            );
            attestation.attestManager(MANAGER, number, quote);
        }
    }

    /// @notice A quote counts no longer than what it was judged by.
    function test_endsWithItsCollateral() public {
        vm.warp(1_801_440_000 - 1 days);
        attest(aBoundQuote());
        vm.assertEq(attestation.attestation(MANAGER).until, 1_801_440_000);
    }

    function test_losesItsStandingWithTheMeasurementThePlatformAndTheEvaluation() public {
        attest(aBoundQuote());
        vm.startPrank(GOVERNANCE);
        registry.setMeasurement(Roles.MANAGER, keccak256(measurementOf(Tee.Tdx)), false);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), false);
        registry.setMeasurement(Roles.MANAGER, keccak256(measurementOf(Tee.Tdx)), true);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);

        vm.expectEmit(address(attestation));
        emit IManagerAttestation.EvaluationNumberMinChanged(20);
        attestation.setEvaluationNumberMin(20);
        vm.assertEq(attestation.evaluationNumberMin(), 20);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), false);
        attestation.setEvaluationNumberMin(19);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);
        vm.stopPrank();
    }

    function test_bindsTheKeyTheBlockTheChainAndTheContract() public {
        bytes memory good = encode(aBoundQuote());
        vm.expectPartialRevert(IManagerAttestation.ReportDataMismatch.selector);
        attestation.attestManager(accountOf("another"), BLOCK, good);
        vm.setBlockhash(BLOCK + 1, keccak256("another block"));
        vm.expectPartialRevert(IManagerAttestation.ReportDataMismatch.selector);
        attestation.attestManager(MANAGER, BLOCK + 1, good);
        vm.chainId(77);
        vm.expectPartialRevert(IManagerAttestation.ReportDataMismatch.selector);
        attestation.attestManager(MANAGER, BLOCK, good);
        vm.chainId(31_337);
        ManagerAttestation another = new ManagerAttestation(GOVERNANCE, registry, chains.verifier(), LIFE);
        vm.expectPartialRevert(IManagerAttestation.ReportDataMismatch.selector);
        another.attestManager(MANAGER, BLOCK, good);
        attestation.attestManager(MANAGER, BLOCK, good);
    }

    /// @notice What Java's `ReportData.of(MANAGER, key, hash, context)` is for these values.
    function test_reportDataIsWhatJavaMakesOfIt() public {
        ManagerAttestation fixed_ = ManagerAttestation(address(0x1111111111111111111111111111111111111111));
        vm.etch(address(fixed_), address(attestation).code);
        vm.assertEq(
            fixed_.reportData(address(0x2222222222222222222222222222222222222222), bytes32(uint256(0x33))),
            JAVA_REPORT_DATA
        );
    }

    function test_refusesBlocksThatAreNotRecent() public {
        bytes memory quote = encode(aBoundQuote());
        uint256[3] memory blocks = [block.number, block.number + 1, block.number - 257];
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(IManagerAttestation.BlockNotRecent.selector, blocks[i], block.number)
            );
            attestation.attestManager(MANAGER, blocks[i], quote);
        }
        vm.roll(BLOCK + 257);
        vm.expectPartialRevert(IManagerAttestation.BlockNotRecent.selector);
        attestation.attestManager(MANAGER, BLOCK, quote);
    }

    function test_refusesPlatformsThatAreNotUpToDate() public {
        QuoteSpec memory quote = aBoundQuote();
        put(quote.body, 0, hex"0a");
        refused(quote, abi.encodeWithSelector(IManagerAttestation.TcbStatusNotAccepted.selector, TcbStatus.OutOfDate));
    }

    function test_refusesCollateralOfAnEarlierEvaluation() public {
        vm.prank(GOVERNANCE);
        attestation.setEvaluationNumberMin(20);
        refused(aBoundQuote(), abi.encodeWithSelector(IManagerAttestation.EvaluationTooEarly.selector, 19, 20));
    }

    function test_refusesOtherCodeAndOtherMachines() public {
        QuoteSpec memory quote = aBoundQuote();
        put(quote.body, 136, "other code");
        bytes memory encoded = encode(quote);
        vm.expectPartialRevert(IManagerAttestation.MeasurementNotAccepted.selector);
        attestation.attestManager(MANAGER, BLOCK, encoded);

        vm.startPrank(GOVERNANCE);
        registry.setPlatform(keccak256("another machine"), accountOf("operator"));
        registry.setManager(accountOf("second"), EPOCH, true);
        vm.stopPrank();
        operate(accountOf("second"), keccak256("another machine"));
        quote = aTdxQuote();
        put(quote.body, 520, attestation.reportData(accountOf("second"), BLOCK_HASH));
        encoded = encode(quote);
        vm.expectRevert(
            abi.encodeWithSelector(
                IManagerAttestation.PlatformNotOfOperator.selector,
                keccak256(aPlatform().ppid),
                keccak256("another machine")
            )
        );
        attestation.attestManager(accountOf("second"), BLOCK, encoded);
    }

    function test_refusesDomainsThatTheHostMayTouch() public {
        bytes8[4] memory attributes =
            [bytes8(0), bytes8(0x0000003000000000), bytes8(0x0000009000000000), bytes8(0x0000001000000080)];
        for (uint256 i = 0; i < 4; i++) {
            QuoteSpec memory quote = aBoundQuote();
            put(quote.body, 120, abi.encodePacked(attributes[i]));
            refused(quote, abi.encodeWithSelector(IManagerAttestation.AttributesNotAccepted.selector, attributes[i]));
        }
        QuoteSpec memory protected = aBoundQuote();
        put(protected.body, 120, hex"0000005000000000");
        attest(protected);
    }

    function test_attestsEnclavesToo() public {
        Collateral memory sgx = aCollateral(Tee.Sgx);
        chains.tcb().postTcbInfo(sgx.tcbInfo, sgx.tcbInfoSignature, sgx.tcbInfoIssuerChain);
        chains.tcb().postQeIdentity(sgx.qeIdentity, sgx.qeIdentitySignature, sgx.qeIdentityIssuerChain);
        vm.prank(GOVERNANCE);
        registry.setMeasurement(Roles.MANAGER, keccak256(measurementOf(Tee.Sgx)), true);
        QuoteSpec memory quote = anSgxQuote();
        put(quote.body, 320, attestation.reportData(MANAGER, BLOCK_HASH));
        attest(quote);
        vm.assertEq(registry.isManager(MANAGER, EPOCH), true);

        bytes8[2] memory keys = [bytes8(0x1500000000000000), bytes8(0x2500000000000000)];
        for (uint256 i = 0; i < 2; i++) {
            put(quote.body, 48, abi.encodePacked(keys[i]));
            refused(quote, abi.encodeWithSelector(IManagerAttestation.AttributesNotAccepted.selector, keys[i]));
        }
    }

    function test_onlyGovernanceRaisesTheEvaluation() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        attestation.setEvaluationNumberMin(5);
    }

    function test_refusesALifeThatIsNoneOrOutlivesTheCollateral() public {
        IQuoteVerifier verifier = chains.verifier();
        uint64[2] memory lives = [uint64(0), 30 days + 1];
        for (uint256 i = 0; i < 2; i++) {
            vm.expectRevert(abi.encodeWithSelector(IManagerAttestation.LifeOutOfRange.selector, lives[i], 30 days));
            new ManagerAttestation(GOVERNANCE, registry, verifier, lives[i]);
        }
    }

    /// @notice An operator's other platform, or none, ends what was attested on this one.
    function test_standsOnlyOnThePlatformOfItsOperator() public {
        attest(aBoundQuote());
        vm.prank(GOVERNANCE);
        registry.setPlatform(keccak256(aPlatform().ppid), address(0));
        vm.assertEq(registry.isManager(MANAGER, EPOCH), false);
        vm.assertEq(attestation.isAttested(accountOf("nobody")), false);
    }

    function attest(QuoteSpec memory quote) private {
        bytes memory encoded = encode(quote);
        attestation.attestManager(MANAGER, BLOCK, encoded);
    }

    function refused(QuoteSpec memory quote, bytes memory reason) private {
        bytes memory encoded = encode(quote);
        vm.expectRevert(reason);
        attestation.attestManager(MANAGER, BLOCK + 1, encoded);
    }
}
