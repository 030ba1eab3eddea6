// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IQuoteVerifier} from "../../src/interfaces/IQuoteVerifier.sol";
import {CertificateStore} from "../../src/quote/CertificateStore.sol";
import {IntelRoot} from "../../src/quote/IntelRoot.sol";
import {TcbStore} from "../../src/quote/TcbStore.sol";
import {AttestedRegistry} from "./support/AttestedRegistry.sol";
import {GenuineVectors} from "./support/GenuineVectors.sol";
import {Collateral, IntelChain} from "./support/IntelChain.sol";

/// @notice What judging genuine evidence costs. Each call runs as a transaction of its own, with cold storage, so the
/// figures are what a receipt would say: 21,000 and calldata included. They are kept in `snapshots/`.
/// forge-config: default.isolate = true
contract QuoteGasTest is GenuineVectors {
    string private constant GROUP = "Quote";
    string private constant TDX = "tdx/near-mpc-dstack-b0c06f000000";
    string private constant SGX = "sgx/dcap-qvl-sgx-00a067110000";
    uint256 private constant VERIFY_MAX = 500_000;

    /// @dev One test, so that its figures are written all or not at all.
    function test_whatJudgingCosts() public withCase(TDX) withCase(SGX) {
        judge(TDX, "TDX");
        judge(SGX, "SGX");
    }

    function judge(string memory name, string memory kind) private {
        bytes memory quote = quoteOf(name);
        Evaluation memory evaluation = evaluationsOf(expectedOf(name))[0];
        Collateral memory collateral = collateralOf(name, evaluation.collateral);
        bytes memory pckChain = this.pckChainOf(quote);
        vm.warp(evaluation.time);
        IntelChain chain = new IntelChain(IntelRoot.key());
        CertificateStore certificates = chain.certificates();
        TcbStore tcb = chain.tcb();
        IQuoteVerifier verifier = chain.verifier();

        certificates.postRootCrl(collateral.rootCaCrl);
        record(kind, "post the root's revocation list");
        certificates.postPckCrl(collateral.pckCrl, collateral.pckCrlIssuerChain);
        record(kind, "post the authority's revocation list, first use of the authority");
        certificates.tcbSigner(collateral.qeIdentityIssuerChain);
        record(kind, "verify the signer of TCB documents");
        tcb.postQeIdentity(collateral.qeIdentity, collateral.qeIdentitySignature, collateral.qeIdentityIssuerChain);
        record(kind, "post the QE identity");
        tcb.postTcbInfo(collateral.tcbInfo, collateral.tcbInfoSignature, collateral.tcbInfoIssuerChain);
        record(kind, "post the TCB information");
        certificates.postPlatform(pckChain);
        record(kind, "post the platform");
        (bool judged,) = address(verifier).call(abi.encodeCall(IQuoteVerifier.verify, (quote)));
        vm.assertTrue(judged, "a genuine quote was refused");
        vm.assertLe(record(kind, "verify a quote"), VERIFY_MAX);
    }

    function record(string memory kind, string memory what) private returns (uint256) {
        return vm.snapshotGasLastCall(GROUP, string.concat(kind, ": ", what));
    }
}

/// @notice And what it costs a manager to prove itself.
/// forge-config: default.isolate = true
contract ManagerAttestationGasTest is AttestedRegistry {
    function setUp() public {
        deploy();
    }

    function test_aManager() public {
        bytes memory quote = encode(aBoundQuote());
        attestation.attestManager(MANAGER, BLOCK, quote);
        vm.snapshotGasLastCall("ManagerAttestation", "attest a manager in a trust domain, first time");
        vm.warp(NOW + 1 days);
        attestation.attestManager(MANAGER, BLOCK + 1, quote);
        vm.snapshotGasLastCall("ManagerAttestation", "attest a manager in a trust domain, again");
    }
}
