// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICertificateStore} from "../../src/interfaces/ICertificateStore.sol";
import {IQuoteVerifier} from "../../src/interfaces/IQuoteVerifier.sol";
import {ITcbStore} from "../../src/interfaces/ITcbStore.sol";
import {Quotes} from "../../src/quote/libraries/Quotes.sol";
import {TcbStatus, Tee} from "../../src/types/Tcb.sol";
import {Collateral, IntelChain} from "./support/IntelChain.sol";
import {TestPlatform} from "./support/TestPlatform.sol";

contract QuoteVerifierTest is TestPlatform {
    IntelChain private chains;
    IQuoteVerifier private verifier;

    function setUp() public {
        vm.warp(NOW);
        chains = new IntelChain(rootKey());
        verifier = chains.verifier();
    }

    function test_verifiesATrustDomain() public {
        post(Tee.Tdx);

        IQuoteVerifier.Verdict memory verdict = verifier.verify(encode(aTdxQuote()));

        vm.assertEq(uint8(verdict.tee), uint8(Tee.Tdx));
        vm.assertEq(uint8(verdict.status), uint8(TcbStatus.UpToDate));
        vm.assertEq(verdict.platform, keccak256(aPlatform().ppid));
        vm.assertEq(verdict.reportData, slice(aTdReport(584), 520, 64));
        vm.assertEq(verdict.measurement.length, 48);
        vm.assertEq(bytes32(verdict.attributes), bytes32(bytes8(0x0000001000000000)));
        vm.assertEq(bytes32(verdict.xfam), bytes32(bytes8(0xe702060000000000)));
        vm.assertEq(verdict.evaluationNumber, 19);
        // The lists are the first that have to be replaced.
        vm.assertEq(verdict.until, 1_801_440_000);
    }

    function test_verifiesTrustDomainsOfVersion5() public {
        post(Tee.Tdx);

        vm.assertEq(uint8(verifier.verify(encode(aTdx15Quote())).status), uint8(TcbStatus.UpToDate));
        QuoteSpec memory quote = aTdx15Quote();
        (quote.bodyType, quote.body) = (2, aTdReport(584));
        vm.assertEq(uint8(verifier.verify(encode(quote)).status), uint8(TcbStatus.UpToDate));
    }

    function test_verifiesEnclavesOfEveryVersion() public {
        post(Tee.Sgx);
        for (uint16 version = 3; version <= 5; version++) {
            QuoteSpec memory quote = anSgxQuote();
            (quote.version, quote.bodyType) = (version, 1);

            IQuoteVerifier.Verdict memory verdict = verifier.verify(encode(quote));

            vm.assertEq(uint8(verdict.tee), uint8(Tee.Sgx));
            vm.assertEq(uint8(verdict.status), uint8(TcbStatus.UpToDate));
            vm.assertEq(verdict.measurement, abi.encodePacked("what an enclave runs, of 32 byte", bytes16(0)));
            vm.assertEq(verdict.reportData, slice(anSgxReport(), 320, 64));
        }
    }

    function test_saysWhatToPostAndWhere() public view {
        QuoteSpec memory quote = aTdxQuote();
        quote.padding = "none of it";
        vm.assertEq(verifier.pckChain(encode(quote)), pckChain(aPck()));
        vm.assertEq(address(verifier.certificates()), address(chains.certificates()));
        vm.assertEq(address(verifier.tcb()), address(chains.tcb()));
    }

    function test_ignoresPaddingBehindTheSignatureData() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        quote.padding = "anything, since no signature covers it";

        verifier.verify(encode(quote));
    }

    function test_refusesOtherFormats() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        quote.version = 2;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVersionUnsupported.selector, 2, 2, 0x81));
        quote.version = 6;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVersionUnsupported.selector, 6, 2, 0x81));
        quote.version = 3;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVersionUnsupported.selector, 3, 2, 0x81));
        (quote.version, quote.keyType) = (4, 3);
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVersionUnsupported.selector, 4, 3, 0x81));
        (quote.keyType, quote.teeType) = (2, 0x82);
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVersionUnsupported.selector, 4, 2, 0x82));
        quote = aTdxQuote();
        quote.vendor = bytes16(uint128(7));
        refused(quote, abi.encodeWithSelector(Quotes.QuoteVendorUnknown.selector, bytes16(uint128(7))));
        quote = aTdxQuote();
        quote.certificationType = 3;
        refused(quote, abi.encodeWithSelector(Quotes.CertificationDataUnsupported.selector, 3));
    }

    function test_refusesBodiesThatDisagreeWithTheHeader() public {
        QuoteSpec memory quote = aTdx15Quote();
        quote.bodyType = 1;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteBodyInvalid.selector, 1, 648));
        quote.bodyType = 2;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteBodyInvalid.selector, 2, 648));
        quote.bodyType = 4;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteBodyInvalid.selector, 4, 648));
        (quote.teeType, quote.bodyType) = (0, 3);
        refused(quote, abi.encodeWithSelector(Quotes.QuoteBodyInvalid.selector, 3, 648));
        quote.bodyType = 1;
        refused(quote, abi.encodeWithSelector(Quotes.QuoteBodyInvalid.selector, 1, 648));
    }

    /// @notice However much of it is missing, a quote is refused by an error of its own.
    function test_refusesEveryTruncation() public {
        post(Tee.Tdx);
        bytes memory quote = encode(aTdx15Quote());
        uint256 step = 1;
        for (uint256 length = 0; length < quote.length; length += step) {
            bytes memory cut = slice(quote, 0, length);
            vm.expectPartialRevert(Quotes.QuoteTruncated.selector);
            verifier.verify(cut);
            step = length < 1_300 ? 7 : 211;
        }
    }

    function test_refusesSizesThatDoNotReachTheEnd() public {
        QuoteSpec memory quote = aTdxQuote();
        bytes memory encoded = encode(quote);
        uint256 outer = 48 + 584 + 4 + 128;
        uint8 size = uint8(encoded[outer + 2]);
        vm.assertTrue(size > 0 && size < 255, "a size whose neighbours have the same upper bytes");
        for (uint8 wrong = size - 1; wrong <= size + 1; wrong += 2) {
            encoded[outer + 2] = bytes1(wrong);
            vm.expectPartialRevert(Quotes.QuoteSizesDisagree.selector);
            verifier.verify(encoded);
        }
        encoded = encode(quote);
        encoded[outer] = 0x05;
        vm.expectRevert(abi.encodeWithSelector(Quotes.CertificationDataUnsupported.selector, 5));
        verifier.verify(encoded);
    }

    function test_refusesAQuoteThatTheAttestationKeyDidNotSign() public {
        post(Tee.Tdx);
        bytes memory quote = encode(aTdxQuote());
        quote[48 + 136] ^= 0x01;

        vm.expectRevert(IQuoteVerifier.QuoteNotSigned.selector);
        verifier.verify(quote);
    }

    function test_refusesAnAttestationKeyThatNoQuotingEnclaveVouchesFor() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.qeReport, 320, "another binding, of the same sz.");
        refusedPartially(quote, IQuoteVerifier.QeReportDoesNotBind.selector);

        // The second half has to be zero.
        quote = aTdxQuote();
        put(quote.qeReport, 383, hex"01");
        refusedPartially(quote, IQuoteVerifier.QeReportDoesNotBind.selector);
    }

    function test_refusesAQuotingEnclaveOnAnotherPlatform() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        quote.pckKey = "another platform";
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.QeReportNotSigned.selector));
    }

    function test_refusesAPlatformWhoseChainWasNotPosted() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        CertificateSpec memory another = aPck();
        another.serial = 5;
        quote.certification = pckChain(another);
        refused(
            quote, abi.encodeWithSelector(ICertificateStore.PlatformUnknown.selector, keccak256(quote.certification))
        );
    }

    function test_refusesAPlatformWithoutCollateralOfItsKind() public {
        post(Tee.Sgx);
        bytes memory quote = encode(aTdxQuote());
        vm.expectRevert(abi.encodeWithSelector(ITcbStore.QeIdentityUnknown.selector, Tee.Tdx));
        verifier.verify(quote);
        Collateral memory collateral = aCollateral(Tee.Tdx);
        chains.tcb()
            .postQeIdentity(collateral.qeIdentity, collateral.qeIdentitySignature, collateral.qeIdentityIssuerChain);
        vm.expectRevert(
            abi.encodeWithSelector(ITcbStore.TcbInfoUnknown.selector, Tee.Tdx, bytes6(hex"b0c06f000000"), bytes2(0))
        );
        verifier.verify(quote);
    }

    function test_refusesOtherQuotingEnclaves() public {
        post(Tee.Tdx);
        bytes[4] memory changes = [bytes(hex"01"), hex"15", hex"00", hex"01"];
        uint256[4] memory offsets = [uint256(16), 48, 128, 256];
        for (uint256 i = 0; i < 4; i++) {
            QuoteSpec memory quote = aTdxQuote();
            put(quote.qeReport, offsets[i], changes[i]);
            if (i == 1) {
                // Bit 2 is outside of the mask: 64-bit mode is either way.
                verifier.verify(encode(quote));
                put(quote.qeReport, 48, hex"10");
            }
            refusedPartially(quote, IQuoteVerifier.QeNotOfIntel.selector);
        }
    }

    function test_refusesAQuotingEnclaveThatCanBeDebuggedEvenIfItsIdentityAllowsIt() public {
        bytes memory allowing = replaced(text(aQeIdentity(Tee.Tdx)), "FBFFFFFFFFFFFFFF", "F9FFFFFFFFFFFFFF");
        post(collateralOf(text(aTcbInfo(Tee.Tdx)), allowing));
        QuoteSpec memory quote = aTdxQuote();
        put(quote.qeReport, 48, hex"13");
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.DebugEnabled.selector, bytes8(0x1300000000000000)));
    }

    function test_refusesAQuotingEnclaveBelowEveryLevel() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.qeReport, 258, hex"0100");
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.QeUnsupported.selector, 1));
    }

    function test_refusesTeesThatCanBeDebugged() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        for (uint8 bit = 0; bit < 8; bit++) {
            quote.body[120] = bytes1(uint8(1) << bit);
            refusedPartially(quote, IQuoteVerifier.DebugEnabled.selector);
        }
        quote = anSgxQuote();
        quote.body[48] = 0x07;
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.DebugEnabled.selector, bytes8(0x0700000000000000)));
    }

    function test_statusIsThatOfTheFirstLevelThatThePlatformReaches() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        info.levels = string.concat(
            platformLevel(Tee.Sgx, hex"06050505050505050505050505050505", "13", 0, "UpToDate"),
            ",",
            platformLevel(Tee.Sgx, GOOD, "14", 0, "SWHardeningNeeded"),
            ",",
            platformLevel(Tee.Sgx, hex"05050505050505050505050505050504", "13", 0, "ConfigurationNeeded")
        );
        post(collateralOf(text(info), text(aQeIdentity(Tee.Sgx))));

        vm.assertEq(uint8(statusOf(anSgxQuote())), uint8(TcbStatus.ConfigurationNeeded));
    }

    function test_refusesAPlatformBelowEveryLevel() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        info.levels = platformLevel(Tee.Tdx, hex"05050505050505050505050505050506", "13", 0, "UpToDate");
        post(collateralOf(text(info), text(aQeIdentity(Tee.Tdx))));
        refused(
            aTdxQuote(), abi.encodeWithSelector(IQuoteVerifier.TcbLevelNotFound.selector, GOOD, TEE_TCB_SVN, uint16(13))
        );
    }

    function test_theLoaderIsJudgedByThePlatformsLevels() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        info.levels = platformLevel(Tee.Tdx, GOOD, "13", hex"ffff0500000000000000000000000000", "UpToDate");
        post(collateralOf(text(info), text(aQeIdentity(Tee.Tdx))));
        // Bytes 0 and 1 are the module's own; byte 2 is not.
        refusedPartially(aTdxQuote(), IQuoteVerifier.TcbLevelNotFound.selector);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.body, 2, hex"05");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.UpToDate));
    }

    function test_theFirstModuleIsJudgedByThePlatformsLevels() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.body, 0, hex"0500");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.UpToDate));
        put(quote.body, 0, hex"0400");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
    }

    function test_refusesModulesThatIntelDoesNotVouchFor() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.body, 1, hex"02");
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.TdxModuleUnknown.selector, 2));
        quote = aTdxQuote();
        put(quote.body, 0, hex"03");
        refused(quote, abi.encodeWithSelector(IQuoteVerifier.TdxModuleUnsupported.selector, 1, 3));
        quote = aTdxQuote();
        put(quote.body, 64, hex"01");
        refusedPartially(quote, IQuoteVerifier.TdxModuleMismatch.selector);
        quote = aTdxQuote();
        put(quote.body, 112, hex"01");
        refusedPartially(quote, IQuoteVerifier.TdxModuleMismatch.selector);
    }

    function test_attributesOfAModuleHaveToBeZeroWhateverItsIdentitySays() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        bytes memory allowing = replaced(text(info), "FFFFFFFFFFFFFFFF", "0000000000000000");
        post(collateralOf(allowing, text(aQeIdentity(Tee.Tdx))));
        QuoteSpec memory quote = aTdxQuote();
        put(quote.body, 112, hex"01");
        refusedPartially(quote, IQuoteVerifier.TdxModuleMismatch.selector);
    }

    function test_aWorsePartMakesThePlatformWorse() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdxQuote();
        put(quote.qeReport, 258, hex"0400");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
        put(quote.qeReport, 258, hex"0200");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.Revoked));
        quote = aTdxQuote();
        put(quote.body, 0, hex"0a");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
    }

    function test_advisesARelaunchWhenThePlatformWasPatchedBelowTheDomain() public {
        post(Tee.Tdx);
        QuoteSpec memory quote = aTdx15Quote();
        put(quote.body, 0, hex"0a");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.TDRelaunchAdvised));

        // Started on the first module, and still on it: that one is not out of date by itself.
        put(quote.body, 584, hex"0500");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.TDRelaunchAdvised));
        put(quote.body, 584, hex"0400");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
    }

    function test_advisesNoRelaunchUnlessItWouldHelp() public {
        post(Tee.Tdx);
        bytes[3] memory now_ = [bytes(hex"0a0104"), hex"0b0103", hex"0b0204"];
        for (uint256 i = 0; i < 3; i++) {
            QuoteSpec memory quote = aTdx15Quote();
            put(quote.body, 0, hex"0a");
            put(quote.body, 584, now_[i]);
            vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
        }
        QuoteSpec memory another = aTdx15Quote();
        put(another.body, 0, hex"0a");
        put(another.qeReport, 258, hex"0400");
        vm.assertEq(uint8(statusOf(another)), uint8(TcbStatus.OutOfDate));
    }

    function test_advisesNoRelaunchOnAPlatformThatIsBehindItself() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        info.levels = platformLevel(Tee.Tdx, GOOD, "13", hex"00000400", "OutOfDate");
        post(collateralOf(text(info), text(aQeIdentity(Tee.Tdx))));
        QuoteSpec memory quote = aTdx15Quote();
        put(quote.body, 0, hex"0a");
        vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.OutOfDate));
    }

    function test_advisesToConfigureWithTheRelaunch() public {
        string[2] memory statuses = ["ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded"];
        for (uint256 i = 0; i < 2; i++) {
            setUp();
            TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
            info.levels = platformLevel(Tee.Tdx, GOOD, "13", hex"00000400", statuses[i]);
            post(collateralOf(text(info), text(aQeIdentity(Tee.Tdx))));
            QuoteSpec memory quote = aTdx15Quote();
            put(quote.body, 0, hex"0a");
            vm.assertEq(uint8(statusOf(quote)), uint8(TcbStatus.TDRelaunchAdvisedConfigurationNeeded));
        }
    }

    function test_refusesWhatWasRevokedSinceItWasPosted() public {
        post(Tee.Tdx);
        elapse(1 days);
        CrlSpec memory list = revoking(aPckCrl(), aPck().serial);
        list.thisUpdate = "270116000000Z";
        chains.certificates().postPckCrl(der(list), chain(anAuthority(), aRoot()));
        refusedPartially(aTdxQuote(), ICertificateStore.CertificateRevoked.selector);
    }

    function test_refusesByAnAuthorityOrSignerThatWasRevoked() public {
        string[2] memory keys = ["authority", "tcb signer"];
        for (uint256 i = 0; i < 2; i++) {
            setUp();
            post(Tee.Tdx);
            elapse(1 days);
            CrlSpec memory list = revoking(aRootCrl(), uint160(uint256(keccak256(bytes(keys[i])))));
            list.thisUpdate = "270116000000Z";
            chains.certificates().postRootCrl(der(list));
            refusedPartially(aTdxQuote(), ICertificateStore.CertificateRevoked.selector);
        }
    }

    /// @notice One second after the first of all ends, nothing is believed.
    function test_refusesAfterTheFirstPartEnds() public {
        post(Tee.Tdx);
        bytes memory quote = encode(aTdxQuote());
        uint64 until = verifier.verify(quote).until;
        vm.warp(until);
        verifier.verify(quote);
        vm.warp(until + 1);
        vm.expectPartialRevert(ICertificateStore.RevocationListNotCurrent.selector);
        verifier.verify(quote);
        vm.warp(2_000_000_000);
        vm.expectPartialRevert(ICertificateStore.CertificateNotValid.selector);
        verifier.verify(quote);
    }

    function test_endsWithTheFirstOfAllParts() public {
        for (uint256 part = 0; part < 3; part++) {
            setUp();
            TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
            QeIdentitySpec memory identity = aQeIdentity(Tee.Tdx);
            CertificateSpec memory leaf = aPck();
            if (part == 0) info.nextUpdate = "2027-01-20T00:00:00Z";
            if (part == 1) identity.nextUpdate = "2027-01-20T00:00:00Z";
            if (part == 2) leaf.notAfter = "270120000000Z";
            chains.post(collateralOf(text(info), text(identity)), pckChain(leaf));
            QuoteSpec memory quote = aTdxQuote();
            quote.certification = pckChain(leaf);

            vm.assertEq(verifier.verify(encode(quote)).until, 1_800_403_200);
        }
    }

    /// @notice Whatever one byte of the signed parts becomes, the quote is refused.
    function testFuzz_noChangedByteIsBelieved(uint256 offset, uint8 change) public {
        vm.assume(change != 0);
        post(Tee.Tdx);
        bytes memory quote = encode(aTdxQuote());
        offset = within(offset, 0, quote.length - 1);
        quote[offset] ^= bytes1(change);

        (bool judged,) = address(verifier).staticcall(abi.encodeCall(IQuoteVerifier.verify, (quote)));

        vm.assertTrue(!judged, "a quote that was changed is believed");
    }

    function statusOf(QuoteSpec memory quote) private view returns (TcbStatus) {
        return verifier.verify(encode(quote)).status;
    }

    function refused(QuoteSpec memory quote, bytes memory reason) private {
        bytes memory encoded = encode(quote);
        vm.expectRevert(reason);
        verifier.verify(encoded);
    }

    function refusedPartially(QuoteSpec memory quote, bytes4 reason) private {
        bytes memory encoded = encode(quote);
        vm.expectPartialRevert(reason);
        verifier.verify(encoded);
    }

    function post(Tee tee) private {
        post(aCollateral(tee));
    }

    function post(Collateral memory collateral) private {
        chains.post(collateral, pckChain(aPck()));
    }

    /// @notice `document` with every `part` replaced by another one of the same size.
    function replaced(bytes memory document, string memory part, string memory by) private pure returns (bytes memory) {
        bytes32 wanted = keccak256(bytes(part));
        for (uint256 i = 0; i + bytes(part).length <= document.length; i++) {
            if (keccak256(slice(document, i, bytes(part).length)) == wanted) put(document, i, bytes(by));
        }
        return document;
    }

    function slice(bytes memory data, uint256 offset, uint256 size) private pure returns (bytes memory part) {
        part = new bytes(size);
        for (uint256 i = 0; i < size; i++) {
            part[i] = data[offset + i];
        }
    }
}
