// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {ICertificateStore} from "../../src/interfaces/ICertificateStore.sol";
import {CertificateStore} from "../../src/quote/CertificateStore.sol";
import {IntelRoot} from "../../src/quote/IntelRoot.sol";
import {Certificates} from "../../src/quote/libraries/Certificates.sol";
import {CodeStorage} from "../../src/quote/libraries/CodeStorage.sol";
import {Crls} from "../../src/quote/libraries/Crls.sol";
import {Der} from "../../src/quote/libraries/Der.sol";
import {P256Key} from "../../src/quote/libraries/P256Signature.sol";
import {PckExtension} from "../../src/quote/libraries/PckExtension.sol";
import {Pem} from "../../src/quote/libraries/Pem.sol";
import {DerWriter} from "./support/DerWriter.sol";
import {TestAuthority} from "./support/TestAuthority.sol";

contract CertificateStoreTest is TestAuthority {
    CertificateStore private store;

    function setUp() public {
        vm.warp(NOW);
        store = new CertificateStore(rootKey());
    }

    function test_keepsWhatAPlatformsCertificateSays() public {
        postLists();
        bytes memory pem_ = pckChain(aPck());
        vm.expectEmit(address(store));
        emit ICertificateStore.PlatformPosted(
            keccak256(pem_), keccak256(aPlatform().ppid), bytes6(aPlatform().fmspc), 1_988_150_400
        );
        bytes32 id = store.postPlatform(pem_);

        (ICertificateStore.Platform memory platform, uint64 until) = store.platform(id);
        vm.assertEq(abi.encode(platform.key), abi.encode(publicKey("pck")));
        vm.assertEq(platform.id, keccak256(aPlatform().ppid));
        vm.assertEq(platform.serial, aPck().serial);
        vm.assertEq(platform.issuerSerial, anAuthority().serial);
        vm.assertEq(platform.pceSvn, 13);
        vm.assertEq(bytes32(platform.components), bytes32(aPlatform().components));
        vm.assertEq(bytes32(platform.fmspc), bytes32(bytes6(aPlatform().fmspc)));
        vm.assertEq(bytes32(platform.pceId), 0);
        vm.assertEq(until, 1_801_440_000);
        vm.assertEq(store.revocationList(platform.authority).nextUpdate, 1_801_440_000);
        vm.assertEq(abi.encode(store.rootKey()), abi.encode(rootKey()));
    }

    function test_takesFieldsOfThePlatformCa() public {
        PckSpec memory platform = aPlatform();
        platform.more =
            abi.encodePacked(field(hex"06", DerWriter.octets(new bytes(16))), field(hex"07", DerWriter.sequence("")));
        store.postPlatform(pckChain(described(platform)));
    }

    function test_refusesTheSameChainTwice() public {
        bytes memory pem_ = pckChain(aPck());
        store.postPlatform(pem_);
        vm.expectRevert(abi.encodeWithSelector(ICertificateStore.PlatformKnown.selector, keccak256(pem_)));
        store.postPlatform(pem_);
    }

    function test_knowsTheRootByItsKey() public {
        CertificateStore genuine = new CertificateStore(IntelRoot.key());
        bytes memory pem_ = pckChain(aPck());
        P256Key memory key = rootKey();
        vm.expectRevert(abi.encodeWithSelector(ICertificateStore.RootKeyUnexpected.selector, key.x, key.y));
        genuine.postPlatform(pem_);
    }

    function test_refusesARootThatWasChanged() public {
        CertificateSpec memory root = aRoot();
        root.signer = "another";
        refusedChain(anAuthority(), root, Certificates.CertificateNotSignedBy.selector);
        root = aRoot();
        root.extensions = signerExtensions();
        refusedChain(anAuthority(), root, Certificates.CertificateNotOfAuthority.selector);
    }

    function test_refusesAuthoritiesThatTheRootDidNotIssue() public {
        CertificateSpec memory authority = anAuthority();
        authority.signer = "another";
        refusedChain(authority, aRoot(), Certificates.CertificateNotSignedBy.selector);
        authority = anAuthority();
        authority.issuer = "Another Root CA";
        refusedChain(authority, aRoot(), Certificates.CertificateNotSignedBy.selector);
        authority = anAuthority();
        authority.name = "Intel SGX Something CA";
        refusedChain(authority, aRoot(), ICertificateStore.CertificateNameUnexpected.selector);
        authority = anAuthority();
        authority.extensions = signerExtensions();
        refusedChain(authority, aRoot(), Certificates.CertificateNotOfAuthority.selector);
        // An authority by its constraints whose key may not sign certificates.
        authority.extensions = abi.encodePacked(
            DerWriter.extension(BASIC_CONSTRAINTS, true, AUTHORITY),
            DerWriter.extension(KEY_USAGE, true, SIGNS_DOCUMENTS)
        );
        refusedChain(authority, aRoot(), Certificates.CertificateNotOfAuthority.selector);
    }

    function test_takesTheProcessorCa() public {
        CertificateSpec memory authority = anAuthority();
        authority.name = "Intel SGX PCK Processor CA";
        CertificateSpec memory leaf = aPck();
        leaf.issuer = authority.name;
        store.postPlatform(abi.encodePacked(pem(der(leaf)), chain(authority, aRoot())));
    }

    function test_refusesLeavesThatTheAuthorityDidNotIssue() public {
        CertificateSpec memory leaf = aPck();
        leaf.signer = "root";
        refused(leaf, Certificates.CertificateNotSignedBy.selector);
        leaf = aPck();
        leaf.issuer = ROOT;
        refused(leaf, Certificates.CertificateNotSignedBy.selector);
        leaf = aPck();
        leaf.name = "Somebody else";
        refused(leaf, ICertificateStore.CertificateNameUnexpected.selector);
        leaf = aPck();
        leaf.extensions = abi.encodePacked(authorityExtensions(), platformExtension(aPlatform()));
        refused(leaf, Certificates.CertificateNotOfSigner.selector);
        leaf.extensions = platformExtension(aPlatform());
        refused(leaf, Certificates.CertificateNotOfSigner.selector);
    }

    function test_aSignerOfDocumentsIsNoAuthorityAndTheOtherWayRound() public {
        bytes memory signer = chain(aTcbSigner(), aRoot());
        bytes memory authority = chain(anAuthority(), aRoot());
        vm.assertEq(abi.encode(store.tcbSigner(signer).key), abi.encode(publicKey("tcb signer")));
        vm.expectRevert(
            abi.encodeWithSelector(
                ICertificateStore.IssuerKindUnexpected.selector,
                ICertificateStore.IssuerKind.PckAuthority,
                ICertificateStore.IssuerKind.TcbSigner
            )
        );
        store.tcbSigner(authority);
        bytes memory crl = der(aPckCrl());
        vm.expectPartialRevert(ICertificateStore.IssuerKindUnexpected.selector);
        store.postPckCrl(crl, signer);
        CertificateSpec memory wrong = aTcbSigner();
        wrong.extensions = authorityExtensions();
        signer = chain(wrong, aRoot());
        vm.expectPartialRevert(Certificates.CertificateNotOfSigner.selector);
        store.tcbSigner(signer);
    }

    /// @notice A chain that was verified once is asked for its time again.
    function test_refusesChainsOutOfTheirTime() public {
        string[2] memory from = ["270116000000Z", "260101000000Z"];
        string[2] memory to = ["330101000000Z", "270115075959Z"];
        for (uint256 i = 0; i < 2; i++) {
            CertificateSpec memory leaf = aPck();
            (leaf.notBefore, leaf.notAfter) = (from[i], to[i]);
            refused(leaf, ICertificateStore.CertificateNotValid.selector);
            CertificateSpec memory authority = anAuthority();
            (authority.notBefore, authority.notAfter) = (from[i], to[i]);
            refusedChain(authority, aRoot(), ICertificateStore.CertificateNotValid.selector);
            CertificateSpec memory root = aRoot();
            (root.notBefore, root.notAfter) = (from[i], to[i]);
            refusedChain(anAuthority(), root, ICertificateStore.CertificateNotValid.selector);
        }
        bytes memory signer = chain(aTcbSigner(), aRoot());
        store.tcbSigner(signer);
        vm.warp(1_988_150_400);
        store.tcbSigner(signer);
        vm.warp(1_988_150_401);
        vm.expectPartialRevert(ICertificateStore.CertificateNotValid.selector);
        store.tcbSigner(signer);
    }

    function test_refusesCertificatesOfOtherKinds() public {
        CertificateSpec memory leaf = aPck();
        leaf.algorithm = hex"06082a8648ce3d040303";
        refusedFor(leaf, "algorithm");
        leaf = aPck();
        leaf.keyType = hex"06072a8648ce3d020106052b81040022";
        refusedFor(leaf, "key type");
        leaf = aPck();
        leaf.extensions = abi.encodePacked(leaf.extensions, DerWriter.extension(hex"551d1e", true, "?"));
        refusedFor(leaf, "critical extension");
        leaf = aPck();
        leaf.extensions = abi.encodePacked(leaf.extensions, signerExtensions());
        refusedFor(leaf, "extension twice");
        leaf = aPck();
        leaf.extensions = DerWriter.extension(KEY_USAGE, true, hex"030107");
        refusedFor(leaf, "key usage");
        leaf.extensions = DerWriter.extension(BASIC_CONSTRAINTS, true, hex"3003010101");
        refusedFor(leaf, "boolean");
        leaf.extensions = DerWriter.extension(BASIC_CONSTRAINTS, true, hex"300401020101");
        refusedFor(leaf, "boolean");
    }

    /// @notice What no issuer writes, and a hand-made certificate may have.
    function test_refusesCertificatesThatAreMalformed() public {
        string[6] memory what = ["version", "serial number", "time", "second common name", "key", "bit string"];
        for (uint256 i = 0; i < 6; i++) {
            bytes memory pem_ = abi.encodePacked(pem(malformed(i)), chain(anAuthority(), aRoot()));
            vm.expectRevert(abi.encodeWithSelector(Certificates.CertificateUnsupported.selector, what[i]));
            store.postPlatform(pem_);
        }
    }

    function test_refusesPlatformsThatAreNotFullyDescribed() public {
        CertificateSpec memory leaf = aPck();
        leaf.extensions = signerExtensions();
        refused(leaf, Der.DerTagUnexpected.selector);
        PckSpec memory platform = aPlatform();
        platform.ppid = "too short";
        refused(described(platform), PckExtension.PckExtensionInvalid.selector);
        platform = aPlatform();
        platform.more = field(hex"01", DerWriter.octets(new bytes(16)));
        refused(described(platform), PckExtension.PckExtensionInvalid.selector);
        platform.more = field(hex"08", DerWriter.octets(new bytes(16)));
        refused(described(platform), PckExtension.PckExtensionInvalid.selector);
        platform.more = field(hex"0601", DerWriter.octets(new bytes(16)));
        refused(described(platform), PckExtension.PckExtensionInvalid.selector);
        platform.more = DerWriter.sequence(hex"0603550403");
        refused(described(platform), PckExtension.PckExtensionInvalid.selector);
        leaf.extensions = abi.encodePacked(
            signerExtensions(),
            DerWriter.extension(SGX, false, DerWriter.sequence(field(hex"05", DerWriter.number(0x0a, 3))))
        );
        refused(leaf, PckExtension.PckExtensionInvalid.selector);
        leaf.extensions = abi.encodePacked(
            signerExtensions(),
            DerWriter.extension(SGX, false, DerWriter.sequence(field(hex"05", DerWriter.number(0x0a, 2))))
        );
        refused(leaf, PckExtension.PckExtensionIncomplete.selector);
    }

    function test_refusesTcbsThatAreNotFullyDescribed() public {
        bytes[4] memory lists = [
            field(hex"0200", DerWriter.integer(1)),
            field(hex"0213", DerWriter.integer(1)),
            abi.encodePacked(field(hex"0201", DerWriter.integer(1)), field(hex"0201", DerWriter.integer(1))),
            field(hex"0201", DerWriter.integer(256))
        ];
        CertificateSpec memory leaf = aPck();
        for (uint256 i = 0; i < 4; i++) {
            leaf.extensions = abi.encodePacked(
                signerExtensions(),
                DerWriter.extension(SGX, false, DerWriter.sequence(field(hex"02", DerWriter.sequence(lists[i]))))
            );
            refused(leaf, PckExtension.PckExtensionInvalid.selector);
        }
        leaf.extensions = abi.encodePacked(
            signerExtensions(),
            DerWriter.extension(
                SGX,
                false,
                DerWriter.sequence(field(hex"02", DerWriter.sequence(field(hex"0301", DerWriter.integer(1)))))
            )
        );
        refused(leaf, PckExtension.PckExtensionInvalid.selector);
    }

    function test_refusesTextThatIsNoChain() public {
        bytes memory good = pckChain(aPck());
        string[3] memory marks = ["X----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----X", "-----BEGIN"];
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(abi.encodeWithSelector(Pem.PemMalformed.selector, 0));
            store.postPlatform(bytes(marks[i]));
        }
        bytes memory changed = abi.encodePacked(good);
        changed[28 + 64] = "A"; // a line of more than 64 characters
        refusedText(changed);
        changed = abi.encodePacked(good);
        changed[28] = "\n"; // a line feed within a line
        vm.expectRevert(abi.encodeWithSelector(Base64.InvalidBase64Char.selector, bytes1("\n")));
        store.postPlatform(changed);
        changed = abi.encodePacked("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n");
        refusedText(changed);
        refusedText(abi.encodePacked(chain(aPck(), anAuthority())));
        refusedText(abi.encodePacked(pem(der(aPck())), chain(anAuthority(), aRoot()), "more"));
        refusedText(abi.encodePacked("-----BEGIN CERTIFICATE-----\nAAAA"));
        refusedText(abi.encodePacked("-----BEGIN CERTIFICATE-----\nAAAA\n-----END"));
        refusedText(abi.encodePacked("-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n"));
        refusedText(abi.encodePacked("-----BEGIN CERTIFICATE-----\nAAAA\nAAAA\n-----END CERTIFICATE-----\n"));
    }

    function test_takesAChainWhoseLastLineIsNotEnded() public {
        bytes memory good = abi.encodePacked(pem(der(aPck())), chain(anAuthority(), aRoot()));
        bytes memory cut = new bytes(good.length - 1);
        for (uint256 i = 0; i < cut.length; i++) {
            cut[i] = good[i];
        }
        store.postPlatform(cut);
    }

    function test_keepsTheLatestLists() public {
        bytes memory authorities = chain(anAuthority(), aRoot());
        vm.expectEmit(address(store));
        emit ICertificateStore.RevocationListPosted(0, 1_798_761_600, 1_801_440_000, 3);
        store.postRootCrl(der(revoking(aRootCrl(), 7)));
        vm.assertEq(store.revocationList(0).thisUpdate, 1_798_761_600);
        bytes memory list = der(aPckCrl());
        store.postPckCrl(list, authorities);
        vm.expectPartialRevert(ICertificateStore.RevocationListNotNewer.selector);
        store.postPckCrl(list, authorities);
        CrlSpec memory older = aPckCrl();
        older.thisUpdate = "261231235959Z";
        list = der(older);
        vm.expectPartialRevert(ICertificateStore.RevocationListNotNewer.selector);
        store.postPckCrl(list, authorities);
    }

    function test_refusesListsOfOthers() public {
        bytes memory authorities = chain(anAuthority(), aRoot());
        bytes memory list = der(aCrl(ROOT, "authority"));
        vm.expectPartialRevert(ICertificateStore.RevocationListOfAnother.selector);
        store.postPckCrl(list, authorities);
        list = der(aCrl(PLATFORM_CA, "root"));
        vm.expectPartialRevert(ICertificateStore.RevocationListNotSigned.selector);
        store.postPckCrl(list, authorities);
        list = der(aCrl(ROOT, "authority"));
        vm.expectPartialRevert(ICertificateStore.RevocationListNotSigned.selector);
        store.postRootCrl(list);
    }

    function test_refusesListsOutOfTheirTime() public {
        CrlSpec memory list = aRootCrl();
        list.thisUpdate = "270115080001Z";
        refusedCrl(list, ICertificateStore.RevocationListNotCurrent.selector);
        list = aRootCrl();
        list.nextUpdate = "270115075959Z";
        refusedCrl(list, ICertificateStore.RevocationListNotCurrent.selector);
    }

    function test_refusesListsThatAreNotWhole() public {
        CrlSpec memory list = aRootCrl();
        list.extensions = DerWriter.extension(hex"551d1b", false, DerWriter.integer(1));
        refusedCrl(list, Crls.CrlUnsupported.selector);
        list.extensions = DerWriter.extension(hex"551d1c", true, hex"3000");
        refusedCrl(list, Crls.CrlUnsupported.selector);
        bytes memory body = abi.encodePacked(hex"020100", DerWriter.sequence(DerWriter.ECDSA_SHA256));
        bytes memory encoded = signed(DerWriter.sequence(body), "root");
        vm.expectRevert(abi.encodeWithSelector(Certificates.CertificateUnsupported.selector, "version"));
        store.postRootCrl(encoded);
    }

    function test_refusesAListThatIsTooLongToKeep() public {
        store.postRootCrl(longCrl(1_228));
        bytes memory list = longCrl(1_229);
        CertificateStore another = new CertificateStore(rootKey());
        vm.expectRevert(abi.encodeWithSelector(CodeStorage.CodeTooLarge.selector, 24_580, 24_575));
        another.postRootCrl(list);
    }

    function test_revokesPlatformsAuthoritiesAndSigners() public {
        bytes32 id = store.postPlatform(pckChain(aPck()));
        vm.expectRevert(abi.encodeWithSelector(ICertificateStore.RevocationListMissing.selector, bytes32(0)));
        store.platform(id);
        store.postRootCrl(der(revoking(aRootCrl(), anAuthority().serial)));
        vm.expectRevert(
            abi.encodeWithSelector(ICertificateStore.CertificateRevoked.selector, bytes32(0), anAuthority().serial)
        );
        store.platform(id);
        vm.expectPartialRevert(ICertificateStore.CertificateRevoked.selector);
        store.requireNotRevokedByRoot(anAuthority().serial);
        vm.assertEq(store.requireNotRevokedByRoot(anAuthority().serial - 1), 1_801_440_000);
    }

    function test_refusesAPlatformThatIsRevoked() public {
        bytes32 id = store.postPlatform(pckChain(aPck()));
        store.postRootCrl(der(aRootCrl()));
        store.postPckCrl(der(revoking(aPckCrl(), aPck().serial)), chain(anAuthority(), aRoot()));
        vm.expectPartialRevert(ICertificateStore.CertificateRevoked.selector);
        store.platform(id);
    }

    function testFuzz_findsEveryRevokedSerialAndNoOther(uint160[] calldata serials, uint160 another) public {
        CrlSpec memory list = aRootCrl();
        list.serials = serials;
        vm.assume(serials.length < 100);
        store.postRootCrl(der(list));
        bool listed;
        for (uint256 i = 0; i < serials.length; i++) {
            listed = listed || serials[i] == another;
            vm.expectPartialRevert(ICertificateStore.CertificateRevoked.selector);
            store.requireNotRevokedByRoot(serials[i]);
        }
        if (!listed) store.requireNotRevokedByRoot(another);
    }

    /// @notice Whatever one byte of a chain becomes, it is refused, unless it says the same in other words.
    function testFuzz_noChangedChainIsAnotherPlatform(uint256 offset, uint8 change) public {
        vm.assume(change != 0);
        postLists();
        bytes memory pem_ = pckChain(aPck());
        (ICertificateStore.Platform memory good,) = store.platform(store.postPlatform(abi.encodePacked(pem_)));
        offset = within(offset, 0, pem_.length - 2);
        pem_[offset] ^= bytes1(change);

        (bool posted, bytes memory id) = address(store).call(abi.encodeCall(store.postPlatform, (pem_)));

        if (posted) {
            (ICertificateStore.Platform memory changed,) = store.platform(abi.decode(id, (bytes32)));
            vm.assertEq(abi.encode(changed), abi.encode(good));
        }
    }

    /// @notice A list of the root's with `count` of the shortest entries that are read.
    function longCrl(uint256 count) private pure returns (bytes memory) {
        bytes memory entries = new bytes(5 * count);
        for (uint256 i = 0; i < count; i++) {
            (entries[5 * i], entries[5 * i + 1], entries[5 * i + 2]) = (0x30, 0x03, 0x02);
            (entries[5 * i + 3], entries[5 * i + 4]) = (0x01, 0x01);
        }
        bytes memory body = abi.encodePacked(
            hex"020101",
            DerWriter.sequence(DerWriter.ECDSA_SHA256),
            DerWriter.name(ROOT),
            DerWriter.element(0x17, "270101000000Z"),
            DerWriter.element(0x17, "270201000000Z"),
            DerWriter.sequence(entries),
            DerWriter.element(0xa0, DerWriter.sequence(""))
        );
        return signed(DerWriter.sequence(body), "root");
    }

    function postLists() private {
        store.postRootCrl(der(aRootCrl()));
        store.postPckCrl(der(aPckCrl()), chain(anAuthority(), aRoot()));
    }

    function described(PckSpec memory platform) private pure returns (CertificateSpec memory leaf) {
        leaf = aPck();
        leaf.extensions = abi.encodePacked(signerExtensions(), platformExtension(platform));
    }

    function refused(CertificateSpec memory leaf, bytes4 reason) private {
        bytes memory pem_ = pckChain(leaf);
        vm.expectPartialRevert(reason);
        store.postPlatform(pem_);
    }

    function refusedFor(CertificateSpec memory leaf, string memory what) private {
        bytes memory pem_ = pckChain(leaf);
        vm.expectRevert(abi.encodeWithSelector(Certificates.CertificateUnsupported.selector, what));
        store.postPlatform(pem_);
    }

    function refusedChain(CertificateSpec memory authority, CertificateSpec memory root, bytes4 reason) private {
        bytes memory pem_ = abi.encodePacked(pem(der(aPck())), chain(authority, root));
        vm.expectPartialRevert(reason);
        store.postPlatform(pem_);
    }

    function refusedText(bytes memory text) private {
        vm.expectPartialRevert(Pem.PemMalformed.selector);
        store.postPlatform(text);
    }

    function refusedCrl(CrlSpec memory list, bytes4 reason) private {
        bytes memory encoded = der(list);
        vm.expectPartialRevert(reason);
        store.postRootCrl(encoded);
    }

    /// @notice A leaf by hand, wrong in its `which`th part and right before it.
    function malformed(uint256 which) private view returns (bytes memory) {
        P256Key memory key = publicKey("pck");
        bytes memory name = DerWriter.name(PCK);
        if (which == 3) {
            bytes memory part = DerWriter.element(
                0x31, DerWriter.sequence(abi.encodePacked(hex"0603550403", DerWriter.element(0x0c, "x")))
            );
            name = DerWriter.sequence(abi.encodePacked(part, part));
        }
        bytes memory validity = DerWriter.element(which == 2 ? 0x04 : 0x18, "20260101000000Z");
        bytes memory body = abi.encodePacked(
            which == 0 ? bytes(hex"a003020101") : bytes(hex"a003020102"),
            DerWriter.integer(which == 1 ? uint256(1) << 160 : 1),
            DerWriter.sequence(DerWriter.ECDSA_SHA256),
            DerWriter.name(PLATFORM_CA),
            DerWriter.sequence(abi.encodePacked(validity, validity)),
            name
        );
        bytes memory bits = which == 5
            ? DerWriter.element(0x03, abi.encodePacked(hex"0104", key.x, key.y))
            : DerWriter.bits(abi.encodePacked(hex"02", key.x, key.y));
        bytes memory info = DerWriter.sequence(abi.encodePacked(DerWriter.sequence(DerWriter.P256_KEY), bits));
        return signed(DerWriter.sequence(abi.encodePacked(body, info)), "authority");
    }
}
