// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Dates} from "../../../src/quote/libraries/Dates.sol";
import {Quote, Quotes} from "../../../src/quote/libraries/Quotes.sol";
import {Test} from "../../support/Vm.sol";
import {Collateral} from "./IntelChain.sol";

/// @notice Genuine evidence, which lies outside of the repository: scripts/evidence.mjs lays it here.
abstract contract GenuineVectors is Test {
    string private constant ROOT = "cache/evidence";

    /// @notice What the vectors say of one quote at one time with one collateral.
    struct Evaluation {
        string collateral; // the file
        uint256 time;
        string status; // empty if there is none
        string[] reasons;
    }

    /// @dev Skips the test, visibly, where there are no vectors.
    modifier withVectors() {
        vm.skip(!vm.isDir(ROOT), "no genuine evidence: run npm run evidence with TEEX_VECTORS set");
        _;
    }

    /// @dev Skips the test, visibly, where this case is none of the vectors.
    modifier withCase(string memory name) {
        vm.skip(!vm.isDir(string.concat(ROOT, "/", name)), string.concat("no genuine evidence ", name));
        _;
    }

    function quoteOf(string memory name) internal view returns (bytes memory) {
        return vm.readFileBinary(_path(name, "quote.bin"));
    }

    function expectedOf(string memory name) internal view returns (string memory) {
        return vm.readFile(_path(name, "expected.json"));
    }

    function collateralOf(string memory name, string memory file) internal view returns (Collateral memory) {
        string memory json = vm.readFile(_path(name, file));
        return Collateral({
            pckCrlIssuerChain: bytes(vm.parseJsonString(json, ".pck_crl_issuer_chain")),
            rootCaCrl: fromHex(vm.parseJsonString(json, ".root_ca_crl")),
            pckCrl: fromHex(vm.parseJsonString(json, ".pck_crl")),
            tcbInfoIssuerChain: bytes(vm.parseJsonString(json, ".tcb_info_issuer_chain")),
            tcbInfo: bytes(vm.parseJsonString(json, ".tcb_info")),
            tcbInfoSignature: fromHex(vm.parseJsonString(json, ".tcb_info_signature")),
            qeIdentityIssuerChain: bytes(vm.parseJsonString(json, ".qe_identity_issuer_chain")),
            qeIdentity: bytes(vm.parseJsonString(json, ".qe_identity")),
            qeIdentitySignature: fromHex(vm.parseJsonString(json, ".qe_identity_signature"))
        });
    }

    function evaluationsOf(string memory expected) internal view returns (Evaluation[] memory evaluations) {
        uint256 count;
        while (vm.keyExistsJson(expected, string.concat(".evaluations[", vm.toString(count), "]"))) count++;
        evaluations = new Evaluation[](count);
        for (uint256 i = 0; i < count; i++) {
            string memory time = vm.parseJsonString(expected, _key(i, "time"));
            bool known = vm.keyExistsJson(expected, _key(i, "tcb_status"));
            string memory status = known ? vm.parseJsonString(expected, _key(i, "tcb_status")) : "";
            evaluations[i] = Evaluation({
                collateral: vm.parseJsonString(expected, _key(i, "collateral")),
                // One case cannot be checked at any time.
                time: keccak256(bytes(time)) == keccak256("null") ? 1 : Dates.fromIso(bytes(time)),
                status: status,
                reasons: vm.parseJsonStringArray(expected, _key(i, "reject_reasons"))
            });
        }
    }

    function pckChainOf(bytes calldata quote) external pure returns (bytes memory) {
        Quote memory parsed = Quotes.parse(quote);
        return quote[parsed.certification:parsed.certification + parsed.certificationSize];
    }

    function fromHex(string memory digits) internal pure returns (bytes memory) {
        return vm.parseBytes(string.concat("0x", digits));
    }

    /// @notice All cases that there are.
    function cases() internal view returns (string[] memory) {
        return vm.parseJsonStringArray(vm.readFile(string.concat(ROOT, "/cases.json")), ".cases");
    }

    function _key(uint256 i, string memory name) private pure returns (string memory) {
        return string.concat(".evaluations[", vm.toString(i), "].", name);
    }

    function _path(string memory name, string memory file) private pure returns (string memory) {
        return string.concat(ROOT, "/", name, "/", file);
    }
}
