// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IQuoteVerifier} from "../../src/interfaces/IQuoteVerifier.sol";
import {IntelRoot} from "../../src/quote/IntelRoot.sol";
import {Quotes} from "../../src/quote/libraries/Quotes.sol";
import {Collateral, IntelChain} from "./support/IntelChain.sol";
import {GenuineVectors} from "./support/GenuineVectors.sol";

/// @notice Every genuine quote of SGX and TDX gets the verdict that an independent verifier gave it.
contract QuoteVectorsTest is GenuineVectors {
    string[9] private _labels = [
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded",
        "Revoked",
        "TDRelaunchAdvised",
        "TDRelaunchAdvisedConfigurationNeeded"
    ];

    function test_everyGenuineQuoteGetsItsVerdict() public withVectors {
        string[] memory all = cases();
        uint256 evaluated;
        for (uint256 i = 0; i < all.length; i++) {
            bytes memory quote = quoteOf(all[i]);
            string memory expected = expectedOf(all[i]);
            Evaluation[] memory evaluations = evaluationsOf(expected);
            for (uint256 j = 0; j < evaluations.length; j++) {
                _evaluate(all[i], quote, expected, evaluations, j);
                evaluated++;
            }
        }
        vm.assertTrue(evaluated > 0, "no evaluation");
    }

    function _evaluate(
        string memory name,
        bytes memory quote,
        string memory expected,
        Evaluation[] memory evaluations,
        uint256 j
    ) private {
        Evaluation memory evaluation = evaluations[j];
        string memory what = string.concat(name, " ", vm.toString(evaluation.time));
        IntelChain chain = new IntelChain(IntelRoot.key());
        IQuoteVerifier verifier = chain.verifier();
        if (_has(evaluation, "unsupported-certification-data")) {
            vm.expectRevert(abi.encodeWithSelector(Quotes.CertificationDataUnsupported.selector, 3));
            verifier.verify(quote);
            return;
        }
        bytes memory pckChain = this.pckChainOf(quote);
        Collateral memory collateral = collateralOf(name, evaluation.collateral);
        if (_has(evaluation, "collateral-not-yet-valid") || _has(evaluation, "collateral-expired")) {
            vm.warp(evaluation.time);
            (bool posted,) = address(chain).call(abi.encodeCall(chain.post, (collateral, pckChain)));
            vm.assertTrue(!posted, string.concat(what, " was posted"));
            // Posted in time, it is not believed at that other time.
            vm.warp(_timeOf(evaluations, evaluation.collateral));
            chain.post(collateral, pckChain);
            vm.warp(evaluation.time);
            (bool judged,) = address(verifier).staticcall(abi.encodeCall(IQuoteVerifier.verify, (quote)));
            vm.assertTrue(!judged, string.concat(what, " was judged"));
            return;
        }
        vm.warp(evaluation.time);
        if (!_isOfTee(evaluation)) {
            (bool posted,) = address(chain).call(abi.encodeCall(chain.post, (collateral, pckChain)));
            (bool judged,) = address(verifier).staticcall(abi.encodeCall(IQuoteVerifier.verify, (quote)));
            vm.assertTrue(!posted || !judged, string.concat(what, " was judged"));
            return;
        }
        chain.post(collateral, pckChain);
        if (_has(evaluation, "debug-enabled")) {
            vm.expectPartialRevert(IQuoteVerifier.DebugEnabled.selector);
            verifier.verify(quote);
        } else if (_has(evaluation, "tcb-level-not-found")) {
            vm.expectPartialRevert(IQuoteVerifier.TcbLevelNotFound.selector);
            verifier.verify(quote);
        } else {
            IQuoteVerifier.Verdict memory verdict = verifier.verify(quote);
            vm.assertEq(_labels[uint256(verdict.status)], evaluation.status, what);
            vm.assertEq(verdict.reportData, _field(expected, ".fields.report_data"), what);
            vm.assertEq(verdict.platform, keccak256(_field(expected, ".pck.ppid")));
            if (vm.keyExistsJson(expected, ".fields.mrenclave")) {
                bytes memory mrEnclave = _field(expected, ".fields.mrenclave");
                vm.assertEq(verdict.measurement, abi.encodePacked(mrEnclave, bytes16(0)), what);
            }
        }
    }

    function _field(string memory expected, string memory key) private pure returns (bytes memory) {
        return fromHex(vm.parseJsonString(expected, key));
    }

    /// @dev When this collateral was current.
    function _timeOf(Evaluation[] memory evaluations, string memory collateral) private pure returns (uint256) {
        for (uint256 i = 0; i < evaluations.length; i++) {
            bool current =
                !_has(evaluations[i], "collateral-not-yet-valid") && !_has(evaluations[i], "collateral-expired");
            if (current && keccak256(bytes(evaluations[i].collateral)) == keccak256(bytes(collateral))) {
                return evaluations[i].time;
            }
        }
        revert("no time at which the collateral holds");
    }

    /// @dev Whether what speaks against it, if anything, is what it runs on, and not the proof.
    function _isOfTee(Evaluation memory evaluation) private pure returns (bool) {
        for (uint256 i = 0; i < evaluation.reasons.length; i++) {
            bytes memory reason = bytes(evaluation.reasons[i]);
            bytes32 hash = keccak256(reason);
            bool known = bytes11(reason) == "tcb-status:" || hash == keccak256("debug-enabled")
                || hash == keccak256("tcb-level-not-found");
            if (!known) return false;
        }
        return true;
    }

    function _has(Evaluation memory evaluation, string memory reason) private pure returns (bool) {
        for (uint256 i = 0; i < evaluation.reasons.length; i++) {
            if (keccak256(bytes(evaluation.reasons[i])) == keccak256(bytes(reason))) return true;
        }
        return false;
    }
}
