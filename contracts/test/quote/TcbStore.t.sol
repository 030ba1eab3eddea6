// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ITcbStore} from "../../src/interfaces/ITcbStore.sol";
import {ICertificateStore} from "../../src/interfaces/ICertificateStore.sol";
import {TcbStore} from "../../src/quote/TcbStore.sol";
import {CertificateStore} from "../../src/quote/CertificateStore.sol";
import {Json} from "../../src/quote/libraries/Json.sol";
import {TcbDocuments} from "../../src/quote/libraries/TcbDocuments.sol";
import {QeIdentity, TcbInfo, TcbStatus, Tee} from "../../src/types/Tcb.sol";
import {TestPlatform} from "./support/TestPlatform.sol";

contract TcbStoreTest is TestPlatform {
    bytes6 private constant FMSPC = hex"b0c06f000000";

    CertificateStore private certificates;
    TcbStore private store;
    bytes private signer;

    function setUp() public {
        vm.warp(NOW);
        certificates = new CertificateStore(rootKey());
        store = new TcbStore(certificates);
        certificates.postRootCrl(der(aRootCrl()));
        signer = chain(aTcbSigner(), aRoot());
    }

    function test_keepsTcbInformation() public {
        vm.expectEmit(address(store));
        emit ITcbStore.TcbInfoPosted(Tee.Tdx, FMSPC, 0, 20, 1_799_539_200, 1_802_131_200);
        post(text(aTcbInfo(Tee.Tdx)));

        (TcbInfo memory info, uint64 until) = store.tcbInfo(Tee.Tdx, FMSPC, 0);
        vm.assertEq(info.evaluationNumber, 20);
        vm.assertEq(info.modules.length, 3);
        vm.assertEq(info.modules[0].version, 0);
        vm.assertEq(info.modules[1].version, 3);
        vm.assertEq(info.modules[2].levels, abi.encodePacked(uint16(11), uint8(0), uint16(4), uint8(4)));
        vm.assertEq(
            info.levels,
            abi.encodePacked(
                abi.encodePacked(GOOD, hex"05000400000000000000000000000000", uint16(13), TcbStatus.UpToDate),
                abi.encodePacked(hex"04040404040404040404040404040404", bytes16(0), uint16(5), TcbStatus.OutOfDate)
            )
        );
        vm.assertEq(until, 1_801_440_000);
    }

    function test_keepsQeIdentities() public {
        vm.expectEmit(address(store));
        emit ITcbStore.QeIdentityPosted(Tee.Tdx, 19, 1_799_625_600, 1_802_044_800);
        postQe(text(aQeIdentity(Tee.Tdx)));

        (QeIdentity memory identity,) = store.qeIdentity(Tee.Tdx);
        vm.assertEq(identity.mrSigner, QE_SIGNER);
        vm.assertEq(identity.isvProdId, 2);
        vm.assertEq(bytes32(identity.attributes), bytes32(bytes16(hex"11000000000000000000000000000000")));
        vm.assertEq(bytes32(identity.attributesMask), bytes32(bytes16(hex"fbffffffffffffff0000000000000000")));
        vm.assertEq(bytes32(identity.miscSelectMask), bytes32(bytes4(0xffffffff)));
        vm.assertEq(identity.levels, abi.encodePacked(uint16(8), uint8(0), uint16(4), uint8(4), uint16(2), uint8(6)));
    }

    function test_refusesWhatIntelDidNotSign() public {
        bytes memory document = text(aTcbInfo(Tee.Sgx));
        bytes memory signature = signDocument(document, "another");
        vm.expectRevert(abi.encodeWithSelector(ITcbStore.DocumentNotSigned.selector, sha256(document)));
        store.postTcbInfo(document, signature, signer);
        vm.expectRevert(abi.encodeWithSelector(ITcbStore.SignatureLengthInvalid.selector, 63));
        store.postTcbInfo(document, new bytes(63), signer);
        bytes memory authority = chain(anAuthority(), aRoot());
        vm.expectPartialRevert(ICertificateStore.IssuerKindUnexpected.selector);
        store.postTcbInfo(document, signature, authority);
    }

    function test_refusesASignerThatTheRootRevoked() public {
        CrlSpec memory list = revoking(aRootCrl(), aTcbSigner().serial);
        list.thisUpdate = "270115000000Z";
        certificates.postRootCrl(der(list));
        refused(text(aTcbInfo(Tee.Sgx)), ICertificateStore.CertificateRevoked.selector);
    }

    function test_refusesDocumentsOutOfTheirTime() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        info.issueDate = "2027-01-15T08:00:01Z";
        refused(text(info), ITcbStore.DocumentNotCurrent.selector);
        info = aTcbInfo(Tee.Sgx);
        info.nextUpdate = "2027-01-15T07:59:59Z";
        refused(text(info), ITcbStore.DocumentNotCurrent.selector);
        CertificateSpec memory late = aTcbSigner();
        late.notBefore = "270114000000Z";
        late.notAfter = "270120000000Z";
        signer = chain(late, aRoot());
        post(text(aTcbInfo(Tee.Sgx)));
        vm.warp(NOW - 2 days);
        vm.expectPartialRevert(ITcbStore.DocumentNotCurrent.selector);
        store.tcbInfo(Tee.Sgx, FMSPC, 0);
        vm.warp(NOW + 5 days);
        vm.expectPartialRevert(ITcbStore.DocumentNotCurrent.selector);
        store.tcbInfo(Tee.Sgx, FMSPC, 0);
    }

    function test_aDocumentEndsWithItsOwnDateWhereThatIsFirst() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        info.nextUpdate = "2027-01-20T00:00:00Z";
        post(text(info));
        (, uint64 until) = store.tcbInfo(Tee.Sgx, FMSPC, 0);
        vm.assertEq(until, 1_800_403_200);
    }

    function test_laterEvaluationsAndLaterIssuesReplaceOnly() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        post(text(info));
        refused(text(info), ITcbStore.DocumentNotNewer.selector);
        info.issueDate = "2027-01-12T00:00:00Z";
        post(text(info));
        // An earlier evaluation does not come back, however recently it was issued.
        (info.evaluation, info.issueDate) = ("19", "2027-01-13T00:00:00Z");
        refused(text(info), ITcbStore.DocumentNotNewer.selector);
        (info.evaluation, info.issueDate) = ("21", "2027-01-09T00:00:00Z");
        post(text(info));
        (TcbInfo memory kept,) = store.tcbInfo(Tee.Sgx, FMSPC, 0);
        vm.assertEq(kept.evaluationNumber, 21);

        QeIdentitySpec memory identity = aQeIdentity(Tee.Sgx);
        postQe(text(identity));
        bytes memory document = text(identity);
        bytes memory signature = signDocument(document, "tcb signer");
        vm.expectPartialRevert(ITcbStore.DocumentNotNewer.selector);
        store.postQeIdentity(document, signature, signer);
    }

    function test_knowsNothingOfOtherPlatforms() public {
        post(text(aTcbInfo(Tee.Sgx)));
        vm.expectRevert(abi.encodeWithSelector(ITcbStore.TcbInfoUnknown.selector, Tee.Tdx, FMSPC, bytes2(0)));
        store.tcbInfo(Tee.Tdx, FMSPC, 0);
        vm.expectRevert(abi.encodeWithSelector(ITcbStore.QeIdentityUnknown.selector, Tee.Sgx));
        store.qeIdentity(Tee.Sgx);
    }

    function test_refusesOtherVersionsAndKinds() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        info.version = "2";
        refused(text(info), TcbDocuments.DocumentVersionUnsupported.selector);
        info = aTcbInfo(Tee.Sgx);
        info.id = "SEV";
        refused(text(info), TcbDocuments.DocumentKindUnknown.selector);
        QeIdentitySpec memory identity = aQeIdentity(Tee.Sgx);
        identity.version = "3";
        refusedQe(text(identity), TcbDocuments.DocumentVersionUnsupported.selector);
        identity = aQeIdentity(Tee.Sgx);
        identity.levels = "";
        refusedQe(text(identity), TcbDocuments.TcbLevelsMissing.selector);
        identity.levels = isvLevel("3", "SWHardeningNeeded");
        refusedQe(text(identity), TcbDocuments.TcbStatusUnexpected.selector);
        identity.levels = '{"tcb":{},"tcbStatus":"UpToDate"}';
        refusedQe(text(identity), TcbDocuments.DocumentKeysInvalid.selector);
        refusedQe("{}", TcbDocuments.DocumentKeysInvalid.selector);
    }

    function test_refusesLevelsThatAreIncomplete() public {
        string[5] memory levels = [
            string(""),
            platformLevel(Tee.Sgx, GOOD, "13", 0, "Fine"),
            '{"tcb":{"pcesvn":3},"tcbStatus":"UpToDate"}',
            string.concat('{"tcb":{"sgxtcbcomponents":', componentsOf(GOOD), '},"tcbStatus":"UpToDate"}'),
            string.concat('{"tcb":{"sgxtcbcomponents":', componentsOf(GOOD), ',"pcesvn":3}}')
        ];
        bytes4[5] memory reasons = [
            TcbDocuments.TcbLevelsMissing.selector,
            TcbDocuments.TcbStatusUnknown.selector,
            TcbDocuments.DocumentKeysInvalid.selector,
            TcbDocuments.DocumentKeysInvalid.selector,
            TcbDocuments.DocumentKeysInvalid.selector
        ];
        for (uint256 i = 0; i < 5; i++) {
            TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
            info.levels = levels[i];
            refused(text(info), reasons[i]);
        }
        // Of TDX a level has the components of the module and its loader, too.
        TcbInfoSpec memory tdx = aTcbInfo(Tee.Tdx);
        tdx.levels = platformLevel(Tee.Sgx, GOOD, "13", 0, "UpToDate");
        refused(text(tdx), TcbDocuments.DocumentKeysInvalid.selector);
    }

    function test_refusesComponentsThatAreNotSixteen() public {
        string[5] memory components = [
            '[{"svn":1}]',
            string.concat("[", rest(15), ',{"svn":1},{"svn":2}]'),
            string.concat("[", rest(15), ',{"category":"x","svn":1}]'),
            string.concat("[", rest(15), ',{"svn":1,"svn":2}]'),
            string.concat("[", rest(15), ',{"svn":256}]')
        ];
        bytes4[5] memory reasons = [
            TcbDocuments.TcbComponentInvalid.selector,
            TcbDocuments.TcbComponentInvalid.selector,
            TcbDocuments.TcbComponentInvalid.selector,
            TcbDocuments.TcbComponentInvalid.selector,
            Json.JsonNumberInvalid.selector
        ];
        for (uint256 i = 0; i < 5; i++) {
            TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
            info.levels =
                string.concat('{"tcb":{"sgxtcbcomponents":', components[i], ',"pcesvn":3},"tcbStatus":"UpToDate"}');
            refused(text(info), reasons[i]);
        }
    }

    function test_refusesKeysThatAreThereTwiceAndLevelsBeforeTheirKind() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
        info.modules = '"version":3,';
        refused(text(info), TcbDocuments.DocumentKeysInvalid.selector);
        refused('{"tcbLevels":[]}', TcbDocuments.DocumentKeysInvalid.selector);
        info = aTcbInfo(Tee.Sgx);
        bytes memory document = abi.encodePacked(text(info), " ");
        refused(document, Json.JsonUnexpected.selector);
        document = abi.encodePacked(text(aQeIdentity(Tee.Sgx)), "{");
        refusedQe(document, Json.JsonUnexpected.selector);
    }

    function test_refusesModulesThatAreIncompleteOrThereTwice() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        info.modules = '"tdxModule":{},';
        refused(text(info), TcbDocuments.DocumentKeysInvalid.selector);
        info.modules = string.concat('"tdxModuleIdentities":[{"id":"TDX_01",', MODULE, "}],");
        refused(text(info), TcbDocuments.DocumentKeysInvalid.selector);
        string memory one = string.concat('{"id":"TDX_01",', MODULE, ',"tcbLevels":[', isvLevel("5", "UpToDate"), "]}");
        info.modules = string.concat('"tdxModuleIdentities":[', one, ",", one, "],");
        refused(text(info), TcbDocuments.DocumentKindUnknown.selector);
        string[3] memory names = ["SGX_01", "TDX_001", "TDX_0g"];
        for (uint256 i = 0; i < 3; i++) {
            info.modules = string.concat('"tdxModuleIdentities":[{"id":"', names[i], '",', MODULE, "}],");
            bytes4 reason = i == 2 ? Json.JsonHexInvalid.selector : TcbDocuments.DocumentKindUnknown.selector;
            refused(text(info), reason);
        }
        info.modules = "";
        post(text(info));
    }

    /// @notice Intel adds keys from time to time.
    function test_skipsKeysThatNothingNeeds() public {
        TcbInfoSpec memory info = aTcbInfo(Tee.Tdx);
        info.modules = string.concat(
            '"new":{"a":[1,true,{"b":"}"}],"c":null},"empty":{},"none":[],"tdxModule":{"new":1,',
            MODULE,
            "},",
            '"tdxModuleIdentities":[],'
        );
        post(text(info));
        (TcbInfo memory kept,) = store.tcbInfo(Tee.Tdx, FMSPC, 0);
        vm.assertEq(kept.modules.length, 1);
        QeIdentitySpec memory identity = aQeIdentity(Tee.Sgx);
        identity.levels = '{"new":1,"tcb":{"new":1,"isvsvn":8},"tcbStatus":"UpToDate"}';
        bytes memory document = text(identity);
        document[document.length - 1] = ",";
        postQe(abi.encodePacked(document, '"new":[[]]}'));
    }

    function test_knowsEveryStatusOfAPlatform() public {
        string[7] memory names = [
            "UpToDate",
            "SWHardeningNeeded",
            "ConfigurationNeeded",
            "ConfigurationAndSWHardeningNeeded",
            "OutOfDate",
            "OutOfDateConfigurationNeeded",
            "Revoked"
        ];
        for (uint256 i = 0; i < 7; i++) {
            TcbInfoSpec memory info = aTcbInfo(Tee.Sgx);
            info.evaluation = vm.toString(30 + i);
            info.levels = platformLevel(Tee.Sgx, GOOD, "13", 0, names[i]);
            post(text(info));
            (TcbInfo memory kept,) = store.tcbInfo(Tee.Sgx, FMSPC, 0);
            vm.assertEq(uint8(kept.levels[34]), i);
        }
    }

    /// @notice Cut off anywhere, a document is refused, and never runs out of its end.
    function testFuzz_refusesEveryTruncation(uint256 length) public {
        bytes memory document = text(aTcbInfo(Tee.Tdx));
        length = within(length, 0, document.length - 1);
        bytes memory cut = new bytes(length);
        put(cut, 0, document);
        bytes memory signature = signDocument(cut, "tcb signer");

        (bool posted,) = address(store).call(abi.encodeCall(store.postTcbInfo, (cut, signature, signer)));

        vm.assertTrue(!posted, "half a document was kept");
    }

    function rest(uint256 count) private pure returns (string memory json) {
        json = '{"svn":1}';
        for (uint256 i = 1; i < count; i++) {
            json = string.concat(json, ',{"svn":1}');
        }
    }

    function post(bytes memory document) private {
        store.postTcbInfo(document, signDocument(document, "tcb signer"), signer);
    }

    function postQe(bytes memory document) private {
        store.postQeIdentity(document, signDocument(document, "tcb signer"), signer);
    }

    function refused(bytes memory document, bytes4 reason) private {
        bytes memory signature = signDocument(document, "tcb signer");
        vm.expectPartialRevert(reason);
        store.postTcbInfo(document, signature, signer);
    }

    function refusedQe(bytes memory document, bytes4 reason) private {
        bytes memory signature = signDocument(document, "tcb signer");
        vm.expectPartialRevert(reason);
        store.postQeIdentity(document, signature, signer);
    }
}
