// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {EnclaveRegistry} from "../../../src/EnclaveRegistry.sol";
import {IManagerAttestation} from "../../../src/interfaces/IManagerAttestation.sol";
import {ManagerAttestation} from "../../../src/quote/ManagerAttestation.sol";
import {NodeOperation, Roles} from "../../../src/types/NodeCertificate.sol";
import {Tee} from "../../../src/types/Tcb.sol";
import {Hasher} from "../../support/Hasher.sol";
import {IntelChain} from "./IntelChain.sol";
import {TestPlatform} from "./TestPlatform.sol";

/// @notice A registry that takes no key for a manager's without a quote, and one manager that may prove itself.
abstract contract AttestedRegistry is TestPlatform {
    uint64 internal constant LIFE = 7 days;
    uint64 internal constant EPOCH = 3;
    uint256 internal constant BLOCK = 5_000;
    bytes32 internal constant BLOCK_HASH = keccak256("a recent block");
    address internal constant SETTLEMENT = address(0x5e771e);

    /// @dev SHA-384 of MRTD and RTMR0 to 3 of the tests' trust domain, as OpenSSL has it.
    bytes internal constant TD_MEASUREMENT =
        hex"6a8e664bcda88c6e583ade0e6f1721c9eeaea84055f55a05be43f12a989171e8195b1fe72cee8bfb26102846d0977e44";

    address internal immutable GOVERNANCE = accountOf("governance");
    address internal immutable MANAGER = accountOf("manager");
    Hasher internal hasher = new Hasher();
    EnclaveRegistry internal registry;
    ManagerAttestation internal attestation;
    IntelChain internal chains;

    function deploy() internal {
        vm.warp(NOW);
        vm.roll(BLOCK + 10);
        vm.setBlockhash(BLOCK, BLOCK_HASH);
        vm.setBlockhash(BLOCK + 1, BLOCK_HASH);
        chains = new IntelChain(rootKey());
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        registry = new EnclaveRegistry(GOVERNANCE, SETTLEMENT, 0, IManagerAttestation(predicted));
        attestation = new ManagerAttestation(GOVERNANCE, registry, chains.verifier(), LIFE);
        vm.startPrank(GOVERNANCE);
        registry.setPlatform(keccak256(aPlatform().ppid), accountOf("operator"));
        registry.setManager(MANAGER, EPOCH, true);
        registry.setMeasurement(Roles.MANAGER, keccak256(measurementOf(Tee.Tdx)), true);
        vm.stopPrank();
        operate(MANAGER, keccak256(aPlatform().ppid));
        chains.post(aCollateral(Tee.Tdx), pckChain(aPck()));
    }

    function aBoundQuote() internal view returns (QuoteSpec memory quote) {
        quote = aTdxQuote();
        put(quote.body, 520, attestation.reportData(MANAGER, BLOCK_HASH));
    }

    function operate(address signer, bytes32 platform) internal {
        NodeOperation memory operation = NodeOperation({role: Roles.MANAGER, signer: signer, platform: platform});
        bytes32 digest = hasher.digest(SETTLEMENT, hasher.structHash(operation));
        registry.operate(operation, sign("operator", digest));
    }

    function measurementOf(Tee tee) internal pure returns (bytes memory) {
        return tee == Tee.Sgx ? abi.encodePacked("what an enclave runs, of 32 byte", bytes16(0)) : TD_MEASUREMENT;
    }
}
