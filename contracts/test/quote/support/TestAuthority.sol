// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {P256Key} from "../../../src/quote/libraries/P256Signature.sol";
import {Test} from "../../support/Vm.sol";
import {DerWriter} from "./DerWriter.sol";

/// @notice Certificates and revocation lists as Intel issues them, of keys that tests know.
abstract contract TestAuthority is Test {
    /// @notice What is in a certificate; a test changes one thing of a good one.
    struct CertificateSpec {
        string name;
        string issuer;
        string key; // whose key it is, see keyOf
        string signer; // whose key signs it
        uint160 serial;
        string notBefore; // YYMMDDHHMMSSZ
        string notAfter;
        bytes algorithm; // content of the algorithm within the body
        bytes keyType;
        bytes extensions; // one after another
    }

    struct CrlSpec {
        string issuer;
        string signer;
        string thisUpdate;
        string nextUpdate;
        uint160[] serials;
        bytes extensions;
    }

    struct PckSpec {
        bytes ppid;
        bytes16 components;
        uint16 pceSvn;
        bytes pceId;
        bytes fmspc;
        bytes more; // fields behind the others
    }

    string internal constant ROOT = "Intel SGX Root CA";
    string internal constant PLATFORM_CA = "Intel SGX PCK Platform CA";
    string internal constant PCK = "Intel SGX PCK Certificate";
    string internal constant TCB_SIGNER = "Intel SGX TCB Signing";

    /// @dev 2027-01-15T08:00:00Z, the time of the tests.
    uint256 internal constant NOW = 1_800_000_000;

    bytes internal constant AUTHORITY = hex"30060101ff020101";
    bytes internal constant NO_AUTHORITY = hex"3000";
    bytes internal constant SIGNS_CERTIFICATES = hex"03020106";
    bytes internal constant SIGNS_DOCUMENTS = hex"030206c0";
    bytes internal constant BASIC_CONSTRAINTS = hex"551d13";
    bytes internal constant KEY_USAGE = hex"551d0f";
    bytes internal constant SGX = hex"2a864886f84d010d01";

    function rootKey() internal view returns (P256Key memory) {
        return publicKey("root");
    }

    function publicKey(string memory name) internal view returns (P256Key memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(keyOf(name));
        return P256Key({x: bytes32(x), y: bytes32(y)});
    }

    function aRoot() internal pure returns (CertificateSpec memory) {
        return certificate(ROOT, ROOT, "root", "root", authorityExtensions());
    }

    function anAuthority() internal pure returns (CertificateSpec memory) {
        return certificate(PLATFORM_CA, ROOT, "authority", "root", authorityExtensions());
    }

    function aTcbSigner() internal pure returns (CertificateSpec memory) {
        return certificate(TCB_SIGNER, ROOT, "tcb signer", "root", signerExtensions());
    }

    function aPck() internal pure returns (CertificateSpec memory) {
        bytes memory extensions = abi.encodePacked(signerExtensions(), platformExtension(aPlatform()));
        return certificate(PCK, PLATFORM_CA, "pck", "authority", extensions);
    }

    function aPlatform() internal pure returns (PckSpec memory) {
        return PckSpec({
            ppid: "a platform's id.",
            components: hex"05050505050505050505050505050505",
            pceSvn: 13,
            pceId: hex"0000",
            fmspc: hex"b0c06f000000",
            more: ""
        });
    }

    function certificate(
        string memory name,
        string memory issuer,
        string memory key,
        string memory signer,
        bytes memory extensions
    ) private pure returns (CertificateSpec memory) {
        return CertificateSpec({
            name: name,
            issuer: issuer,
            key: key,
            signer: signer,
            serial: uint160(uint256(keccak256(bytes(key)))),
            notBefore: "260101000000Z",
            notAfter: "330101000000Z",
            algorithm: DerWriter.ECDSA_SHA256,
            keyType: DerWriter.P256_KEY,
            extensions: extensions
        });
    }

    function authorityExtensions() internal pure returns (bytes memory) {
        return abi.encodePacked(
            DerWriter.extension(hex"551d0e", false, hex"0400"),
            DerWriter.extension(KEY_USAGE, true, SIGNS_CERTIFICATES),
            DerWriter.extension(BASIC_CONSTRAINTS, true, AUTHORITY)
        );
    }

    function signerExtensions() internal pure returns (bytes memory) {
        return abi.encodePacked(
            DerWriter.extension(KEY_USAGE, true, SIGNS_DOCUMENTS),
            DerWriter.extension(BASIC_CONSTRAINTS, true, NO_AUTHORITY)
        );
    }

    function platformExtension(PckSpec memory platform) internal pure returns (bytes memory) {
        return DerWriter.extension(SGX, false, DerWriter.sequence(platformFields(platform)));
    }

    function platformFields(PckSpec memory platform) internal pure returns (bytes memory) {
        bytes memory tcb;
        for (uint8 i = 0; i < 16; i++) {
            tcb = abi.encodePacked(
                tcb, field(abi.encodePacked(hex"02", i + 1), DerWriter.integer(uint8(platform.components[i])))
            );
        }
        tcb = abi.encodePacked(
            tcb,
            field(hex"0211", DerWriter.integer(platform.pceSvn)),
            field(hex"0212", DerWriter.octets(abi.encodePacked(platform.components)))
        );
        return abi.encodePacked(
            field(hex"01", DerWriter.octets(platform.ppid)),
            field(hex"02", DerWriter.sequence(tcb)),
            field(hex"03", DerWriter.octets(platform.pceId)),
            field(hex"04", DerWriter.octets(platform.fmspc)),
            field(hex"05", DerWriter.number(0x0a, 1)),
            platform.more
        );
    }

    /// @notice {OID, value} of the SGX extension; `path` is what follows its own OID.
    function field(bytes memory path, bytes memory value) internal pure returns (bytes memory) {
        return DerWriter.sequence(abi.encodePacked(DerWriter.element(0x06, abi.encodePacked(SGX, path)), value));
    }

    function der(CertificateSpec memory spec) internal view returns (bytes memory) {
        P256Key memory key = publicKey(spec.key);
        bytes memory validity = abi.encodePacked(
            DerWriter.element(0x17, bytes(spec.notBefore)), DerWriter.element(0x17, bytes(spec.notAfter))
        );
        bytes memory body = abi.encodePacked(
            hex"a003020102",
            DerWriter.integer(spec.serial),
            DerWriter.sequence(spec.algorithm),
            DerWriter.name(spec.issuer),
            DerWriter.sequence(validity)
        );
        body = abi.encodePacked(
            body,
            DerWriter.name(spec.name),
            DerWriter.sequence(
                abi.encodePacked(
                    DerWriter.sequence(spec.keyType), DerWriter.bits(abi.encodePacked(hex"04", key.x, key.y))
                )
            ),
            DerWriter.element(0xa3, DerWriter.sequence(spec.extensions))
        );
        return signed(DerWriter.sequence(body), spec.signer);
    }

    function der(CrlSpec memory spec) internal pure returns (bytes memory) {
        bytes memory entries;
        for (uint256 i = 0; i < spec.serials.length; i++) {
            bytes memory reason = DerWriter.sequence(DerWriter.extension(hex"551d15", false, hex"0a0101"));
            entries = abi.encodePacked(
                entries,
                DerWriter.sequence(
                    abi.encodePacked(
                        DerWriter.integer(spec.serials[i]), DerWriter.element(0x17, "260101000000Z"), reason
                    )
                )
            );
        }
        bytes memory list = entries.length == 0 ? bytes("") : DerWriter.sequence(entries);
        bytes memory body = abi.encodePacked(
            hex"020101",
            DerWriter.sequence(DerWriter.ECDSA_SHA256),
            DerWriter.name(spec.issuer),
            DerWriter.element(0x17, bytes(spec.thisUpdate)),
            DerWriter.element(0x17, bytes(spec.nextUpdate)),
            list,
            DerWriter.element(0xa0, DerWriter.sequence(spec.extensions))
        );
        return signed(DerWriter.sequence(body), spec.signer);
    }

    function aCrl(string memory issuer, string memory signer) internal pure returns (CrlSpec memory) {
        return CrlSpec({
            issuer: issuer,
            signer: signer,
            thisUpdate: "270101000000Z",
            nextUpdate: "270201000000Z",
            serials: new uint160[](0),
            extensions: DerWriter.extension(hex"551d14", false, DerWriter.integer(1))
        });
    }

    function aRootCrl() internal pure returns (CrlSpec memory) {
        return aCrl(ROOT, "root");
    }

    function aPckCrl() internal pure returns (CrlSpec memory) {
        return aCrl(PLATFORM_CA, "authority");
    }

    function revoking(CrlSpec memory crl, uint160 serial) internal pure returns (CrlSpec memory) {
        uint160[] memory serials = new uint160[](3);
        (serials[0], serials[1], serials[2]) = (1, serial, type(uint160).max);
        crl.serials = serials;
        return crl;
    }

    /// @notice A body with an algorithm and a signature behind it.
    function signed(bytes memory body, string memory signer) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(keyOf(signer), sha256(body));
        return withSignature(body, r, s);
    }

    function withSignature(bytes memory body, bytes32 r, bytes32 s) internal pure returns (bytes memory) {
        bytes memory pair =
            DerWriter.sequence(abi.encodePacked(DerWriter.integer(uint256(r)), DerWriter.integer(uint256(s))));
        return
            DerWriter.sequence(abi.encodePacked(body, DerWriter.sequence(DerWriter.ECDSA_SHA256), DerWriter.bits(pair)));
    }

    function signDocument(bytes memory document, string memory signer) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(keyOf(signer), sha256(document));
        return abi.encodePacked(r, s);
    }

    function pem(bytes memory certificateDer) internal pure returns (bytes memory text) {
        bytes memory digits = bytes(Base64.encode(certificateDer));
        text = "-----BEGIN CERTIFICATE-----\n";
        for (uint256 start = 0; start < digits.length; start += 64) {
            uint256 length = digits.length - start < 64 ? digits.length - start : 64;
            bytes memory line = new bytes(length);
            for (uint256 i = 0; i < length; i++) {
                line[i] = digits[start + i];
            }
            text = abi.encodePacked(text, line, "\n");
        }
        return abi.encodePacked(text, "-----END CERTIFICATE-----\n");
    }

    function chain(CertificateSpec memory first, CertificateSpec memory second) internal view returns (bytes memory) {
        return abi.encodePacked(pem(der(first)), pem(der(second)));
    }

    function pckChain(CertificateSpec memory leaf) internal view returns (bytes memory) {
        return abi.encodePacked(pem(der(leaf)), chain(anAuthority(), aRoot()), hex"00");
    }
}
