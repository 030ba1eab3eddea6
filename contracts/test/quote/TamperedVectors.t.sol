// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IQuoteVerifier} from "../../src/interfaces/IQuoteVerifier.sol";
import {ITcbStore} from "../../src/interfaces/ITcbStore.sol";
import {IntelRoot} from "../../src/quote/IntelRoot.sol";
import {TcbStore} from "../../src/quote/TcbStore.sol";
import {Quote, Quotes} from "../../src/quote/libraries/Quotes.sol";
import {Tee} from "../../src/types/Tcb.sol";
import {Collateral, IntelChain} from "./support/IntelChain.sol";
import {GenuineVectors} from "./support/GenuineVectors.sol";

/// @notice Genuine evidence of which something was changed.
contract TamperedVectorsTest is GenuineVectors {
    string private constant TDX = "tdx/near-mpc-dstack-b0c06f000000";
    string private constant SGX = "sgx/teepot-sgx-00606a000000";

    /// @dev Two platforms whose collateral is valid at the same time.
    string private constant FIRST = "tdx/dcap-qvl-tdx-b0c06f000000";
    string private constant SECOND = "sgx/dcap-qvl-sgx-00a067110000";

    IntelChain private chain;
    IQuoteVerifier private verifier;
    Collateral private collateral;
    bytes private quote;

    function test_refusesEveryChangedPartOfATrustDomainsQuote() public withCase(TDX) {
        given(TDX);
        changeEveryPart();
    }

    function test_refusesEveryChangedPartOfAnEnclavesQuote() public withCase(SGX) {
        given(SGX);
        changeEveryPart();
    }

    /// @notice One bit of each part of the collateral.
    function test_refusesEveryChangedPartOfTheCollateral() public withCase(TDX) {
        given(TDX);
        bytes memory chain_ = this.pckChainOf(quote);
        IntelChain fresh = new IntelChain(IntelRoot.key());
        for (uint256 part = 0; part < 8; part++) {
            Collateral memory changed = collateral;
            bytes memory bytes_ = [
                changed.rootCaCrl,
                changed.pckCrl,
                changed.pckCrlIssuerChain,
                changed.tcbInfo,
                changed.tcbInfoSignature,
                changed.tcbInfoIssuerChain,
                changed.qeIdentity,
                changed.qeIdentitySignature
            ][part];
            for (uint256 i = 0; i < 24; i++) {
                uint256 offset = bytes_.length * i / 24 + 1;
                if (bytes_[offset] == "\n") continue;
                bytes_[offset] ^= 0x01;
                (bool posted,) = address(fresh).call(abi.encodeCall(fresh.post, (changed, chain_)));
                vm.assertTrue(!posted, "collateral that was changed is believed");
                bytes_[offset] ^= 0x01;
            }
        }
    }

    /// @notice The collateral of another kind of TEE, then of another platform.
    function test_refusesTheCollateralOfAnother() public withCase(FIRST) withCase(SECOND) {
        given(FIRST);
        bytes memory genuine = quote;
        Collateral memory another = collateralOf(SECOND, "collateral.json");
        IntelChain fresh = new IntelChain(IntelRoot.key());
        verifier = fresh.verifier();
        fresh.certificates().postRootCrl(collateral.rootCaCrl);
        fresh.certificates().postPckCrl(collateral.pckCrl, collateral.pckCrlIssuerChain);
        fresh.certificates().postPlatform(this.pckChainOf(genuine));
        TcbStore tcb = fresh.tcb();
        tcb.postTcbInfo(another.tcbInfo, another.tcbInfoSignature, another.tcbInfoIssuerChain);
        tcb.postQeIdentity(another.qeIdentity, another.qeIdentitySignature, another.qeIdentityIssuerChain);

        vm.expectRevert(abi.encodeWithSelector(ITcbStore.QeIdentityUnknown.selector, Tee.Tdx));
        verifier.verify(genuine);
        tcb.postQeIdentity(collateral.qeIdentity, collateral.qeIdentitySignature, collateral.qeIdentityIssuerChain);
        vm.expectPartialRevert(ITcbStore.TcbInfoUnknown.selector);
        verifier.verify(genuine);
        tcb.postTcbInfo(collateral.tcbInfo, collateral.tcbInfoSignature, collateral.tcbInfoIssuerChain);
        verifier.verify(genuine);
    }

    function given(string memory name) private {
        quote = quoteOf(name);
        Evaluation memory evaluation = evaluationsOf(expectedOf(name))[0];
        collateral = collateralOf(name, evaluation.collateral);
        vm.warp(evaluation.time);
        chain = new IntelChain(IntelRoot.key());
        verifier = chain.verifier();
        chain.post(collateral, this.pckChainOf(quote));
        verifier.verify(quote);
    }

    /// @dev A bit in every 16 bytes of all that is proven; what is behind the signature data is not.
    function changeEveryPart() private view {
        bytes memory changed = quote;
        uint256 end = this.endOf(quote);
        for (uint256 offset = 0; offset < end; offset += offset < 1_400 ? 13 : 101) {
            changed[offset] ^= 0x10;
            (bool judged,) = address(verifier).staticcall(abi.encodeCall(IQuoteVerifier.verify, (changed)));
            vm.assertTrue(!judged, string.concat("changed at ", vm.toString(offset)));
            changed[offset] ^= 0x10;
        }
        verifier.verify(changed);
    }

    function endOf(bytes calldata data) external pure returns (uint256) {
        Quote memory parsed = Quotes.parse(data);
        return parsed.certification + parsed.certificationSize;
    }
}
