// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256Key} from "../../../src/quote/libraries/P256Signature.sol";
import {Tee} from "../../../src/types/Tcb.sol";
import {Collateral} from "./IntelChain.sol";
import {TestAuthority} from "./TestAuthority.sol";

/// @notice Quotes of platforms that tests own, and the documents that judge them.
abstract contract TestPlatform is TestAuthority {
    struct TcbInfoSpec {
        string id;
        string version;
        string issueDate;
        string nextUpdate;
        string fmspc;
        string evaluation;
        string modules; // with the commas behind them
        string levels;
    }

    struct QeIdentitySpec {
        string id;
        string version;
        string issueDate;
        string nextUpdate;
        string evaluation;
        string mrSigner;
        string isvProdId;
        string levels;
    }

    struct QuoteSpec {
        uint16 version;
        uint16 keyType;
        uint32 teeType;
        bytes16 vendor;
        uint16 bodyType; // of version 5
        bytes body;
        bytes qeReport;
        bytes authentication;
        bytes certification;
        uint16 certificationType;
        string attestationKey;
        string pckKey;
        bytes padding;
    }

    string internal constant MODULE =
        '"mrsigner":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000","attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF"';
    bytes32 internal constant QE_SIGNER = 0xdc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5;
    bytes16 internal constant GOOD = hex"05050505050505050505050505050505";
    bytes16 internal constant TEE_TCB_SVN = hex"0b010400000000000000000000000000";

    function aTcbInfo(Tee tee) internal pure returns (TcbInfoSpec memory) {
        bool tdx = tee == Tee.Tdx;
        return TcbInfoSpec({
            id: tdx ? "TDX" : "SGX",
            version: "3",
            issueDate: "2027-01-10T00:00:00Z",
            nextUpdate: "2027-02-09T00:00:00Z",
            fmspc: "B0C06F000000",
            evaluation: "20",
            modules: tdx ? modules("11", "UpToDate") : "",
            levels: string.concat(
                platformLevel(tee, GOOD, "13", hex"05000400000000000000000000000000", "UpToDate"),
                ",",
                platformLevel(tee, hex"04040404040404040404040404040404", "5", 0, "OutOfDate")
            )
        });
    }

    function modules(string memory svn, string memory status) internal pure returns (string memory) {
        return string.concat(
            '"tdxModule":{',
            MODULE,
            '},"tdxModuleIdentities":[{"id":"TDX_03",',
            MODULE,
            ',"tcbLevels":[',
            isvLevel("5", "UpToDate"),
            ']},{"id":"TDX_01",',
            MODULE,
            ',"tcbLevels":[',
            isvLevel(svn, status),
            ",",
            isvLevel("4", "OutOfDate"),
            "]}],"
        );
    }

    function platformLevel(Tee tee, bytes16 svns, string memory pceSvn, bytes16 teeTcbSvn, string memory status)
        internal
        pure
        returns (string memory)
    {
        string memory tdx = tee == Tee.Tdx ? string.concat(',"tdxtcbcomponents":', componentsOf(teeTcbSvn)) : "";
        return string.concat(
            '{"tcb":{"sgxtcbcomponents":',
            componentsOf(svns),
            ',"pcesvn":',
            pceSvn,
            tdx,
            '},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"',
            status,
            '","advisoryIDs":["INTEL-SA-00615","INTEL-SA-00837"]}'
        );
    }

    function componentsOf(bytes16 svns) internal pure returns (string memory json) {
        json = string.concat('[{"svn":', vm.toString(uint8(svns[0])), ',"category":"BIOS","type":"Early Microcode"}');
        for (uint256 i = 1; i < 16; i++) {
            json = string.concat(json, ',{"svn":', vm.toString(uint8(svns[i])), "}");
        }
        return string.concat(json, "]");
    }

    function isvLevel(string memory svn, string memory status) internal pure returns (string memory) {
        return string.concat('{"tcb":{"isvsvn":', svn, '},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"', status, '"}');
    }

    function text(TcbInfoSpec memory spec) internal pure returns (bytes memory) {
        return abi.encodePacked(
            abi.encodePacked('{"id":"', spec.id, '","version":', spec.version, ',"issueDate":"', spec.issueDate),
            abi.encodePacked('","nextUpdate":"', spec.nextUpdate, '","fmspc":"', spec.fmspc),
            abi.encodePacked('","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":', spec.evaluation, ","),
            abi.encodePacked(spec.modules, '"tcbLevels":[', spec.levels, "]}")
        );
    }

    function aQeIdentity(Tee tee) internal pure returns (QeIdentitySpec memory) {
        return QeIdentitySpec({
            id: tee == Tee.Tdx ? "TD_QE" : "QE",
            version: "2",
            issueDate: "2027-01-11T00:00:00Z",
            nextUpdate: "2027-02-08T00:00:00Z",
            evaluation: "19",
            mrSigner: "DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5",
            isvProdId: "2",
            levels: string.concat(
                isvLevel("8", "UpToDate"), ",", isvLevel("4", "OutOfDate"), ",", isvLevel("2", "Revoked")
            )
        });
    }

    function text(QeIdentitySpec memory spec) internal pure returns (bytes memory) {
        return abi.encodePacked(
            abi.encodePacked('{"id":"', spec.id, '","version":', spec.version, ',"issueDate":"', spec.issueDate),
            abi.encodePacked('","nextUpdate":"', spec.nextUpdate, '","tcbEvaluationDataNumber":', spec.evaluation),
            ',"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000",',
            '"attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":"',
            abi.encodePacked(spec.mrSigner, '","isvprodid":', spec.isvProdId, ',"tcbLevels":[', spec.levels, "]}")
        );
    }

    function aCollateral(Tee tee) internal view returns (Collateral memory) {
        return collateralOf(text(aTcbInfo(tee)), text(aQeIdentity(tee)));
    }

    function collateralOf(bytes memory tcbInfo, bytes memory qeIdentity) internal view returns (Collateral memory) {
        bytes memory signerChain = chain(aTcbSigner(), aRoot());
        return Collateral({
            pckCrlIssuerChain: chain(anAuthority(), aRoot()),
            rootCaCrl: der(aRootCrl()),
            pckCrl: der(aPckCrl()),
            tcbInfoIssuerChain: signerChain,
            tcbInfo: tcbInfo,
            tcbInfoSignature: signDocument(tcbInfo, "tcb signer"),
            qeIdentityIssuerChain: signerChain,
            qeIdentity: qeIdentity,
            qeIdentitySignature: signDocument(qeIdentity, "tcb signer")
        });
    }

    function aTdReport(uint256 size) internal pure returns (bytes memory report) {
        report = new bytes(size);
        put(report, 0, abi.encodePacked(TEE_TCB_SVN));
        put(report, 120, hex"0000001000000000e702060000000000");
        put(report, 136, "the code that a trust domain began with, 48 byte");
        put(report, 328, "the firmware, the kernel, what it was told to be");
        put(report, 520, "what the domain says about itself, in sixty-four bytes of its own");
        if (size > 584) put(report, 584, abi.encodePacked(TEE_TCB_SVN));
    }

    function anSgxReport() internal pure returns (bytes memory report) {
        report = new bytes(384);
        put(report, 48, hex"0500000000000000e700000000000000");
        put(report, 64, "what an enclave runs, of 32 byte");
        put(report, 320, "what the enclave says about itself, in sixty-four bytes of its own");
    }

    function aQeReport() internal pure returns (bytes memory report) {
        report = new bytes(384);
        put(report, 48, hex"11000000000000000700000000000000");
        put(report, 128, abi.encodePacked(QE_SIGNER));
        put(report, 256, hex"02000800");
    }

    function aTdxQuote() internal view returns (QuoteSpec memory) {
        return _quote(4, 0x81, 2, aTdReport(584));
    }

    function aTdx15Quote() internal view returns (QuoteSpec memory) {
        return _quote(5, 0x81, 3, aTdReport(648));
    }

    function anSgxQuote() internal view returns (QuoteSpec memory) {
        return _quote(3, 0, 0, anSgxReport());
    }

    function encode(QuoteSpec memory spec) internal view returns (bytes memory) {
        bytes memory head = abi.encodePacked(
            little16(spec.version),
            little16(spec.keyType),
            little32(spec.teeType),
            bytes4(0),
            spec.vendor,
            new bytes(20)
        );
        if (spec.version == 5) {
            head = abi.encodePacked(head, little16(spec.bodyType), little32(uint32(spec.body.length)));
        }
        bytes memory proven = abi.encodePacked(head, spec.body);
        bytes memory inner = abi.encodePacked(
            _qePart(spec),
            little16(uint16(spec.authentication.length)),
            spec.authentication,
            little16(spec.certificationType),
            little32(uint32(spec.certification.length)),
            spec.certification
        );
        if (spec.version > 3) inner = abi.encodePacked(little16(6), little32(uint32(inner.length)), inner);
        P256Key memory key = publicKey(spec.attestationKey);
        bytes memory signature = abi.encodePacked(signDocument(proven, spec.attestationKey), key.x, key.y, inner);
        return abi.encodePacked(proven, little32(uint32(signature.length)), signature, spec.padding);
    }

    /// @notice Writes `part` into `target`, cut off at its end.
    function put(bytes memory target, uint256 offset, bytes memory part) internal pure {
        for (uint256 i = 0; i < part.length && offset + i < target.length; i++) {
            target[offset + i] = part[i];
        }
    }

    function little16(uint16 value) internal pure returns (bytes2) {
        return bytes2((value << 8) | (value >> 8));
    }

    function little32(uint32 value) internal pure returns (bytes4) {
        return bytes4(abi.encodePacked(little16(uint16(value)), little16(uint16(value >> 16))));
    }

    function _quote(uint16 version, uint32 teeType, uint16 bodyType, bytes memory body)
        private
        view
        returns (QuoteSpec memory)
    {
        return QuoteSpec({
            version: version,
            keyType: 2,
            teeType: teeType,
            vendor: 0x939a7233f79c4ca9940a0db3957f0607,
            bodyType: bodyType,
            body: body,
            qeReport: aQeReport(),
            authentication: "thirty-two bytes of the QE's own",
            certification: pckChain(aPck()),
            certificationType: 5,
            attestationKey: "attestation",
            pckKey: "pck",
            padding: ""
        });
    }

    /// @dev The report of the quoting enclave, bound to key and data unless a test bound it otherwise, and signed.
    function _qePart(QuoteSpec memory spec) private view returns (bytes memory) {
        P256Key memory key = publicKey(spec.attestationKey);
        bytes memory report = abi.encodePacked(spec.qeReport);
        if (report[320] == 0) {
            put(report, 320, abi.encodePacked(sha256(abi.encodePacked(key.x, key.y, spec.authentication))));
        }
        return abi.encodePacked(report, signDocument(report, spec.pckKey));
    }
}
