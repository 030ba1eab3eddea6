// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CertificateStore} from "../../../src/quote/CertificateStore.sol";
import {QuoteVerifier} from "../../../src/quote/QuoteVerifier.sol";
import {TcbStore} from "../../../src/quote/TcbStore.sol";
import {P256Key} from "../../../src/quote/libraries/P256Signature.sol";

/// @notice All that a quote is judged by, as Intel's service sends it.
struct Collateral {
    bytes pckCrlIssuerChain;
    bytes rootCaCrl;
    bytes pckCrl;
    bytes tcbInfoIssuerChain;
    bytes tcbInfo;
    bytes tcbInfoSignature;
    bytes qeIdentityIssuerChain;
    bytes qeIdentity;
    bytes qeIdentitySignature;
}

/// @notice The three contracts that judge quotes, and everything posted to them in one step.
contract IntelChain {
    CertificateStore public immutable certificates;
    TcbStore public immutable tcb;
    QuoteVerifier public immutable verifier;

    constructor(P256Key memory root) {
        certificates = new CertificateStore(root);
        tcb = new TcbStore(certificates);
        verifier = new QuoteVerifier(certificates, tcb);
    }

    function post(Collateral calldata collateral, bytes calldata pckChain) external {
        certificates.postRootCrl(collateral.rootCaCrl);
        certificates.postPckCrl(collateral.pckCrl, collateral.pckCrlIssuerChain);
        tcb.postTcbInfo(collateral.tcbInfo, collateral.tcbInfoSignature, collateral.tcbInfoIssuerChain);
        tcb.postQeIdentity(collateral.qeIdentity, collateral.qeIdentitySignature, collateral.qeIdentityIssuerChain);
        certificates.postPlatform(pckChain);
    }
}
