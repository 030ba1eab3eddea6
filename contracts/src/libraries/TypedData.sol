// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {BatchHeader} from "../types/Batch.sol";
import {NodeCertificate, NodeOperation} from "../types/NodeCertificate.sol";
import {BlockRef, DatasetUse, FeeTerms, Limits, Order, OutputTerms, ServiceRef, TaskId, Tier} from "../types/Order.sol";
import {
    Acknowledgement,
    DatasetCharge,
    Execution,
    FeeSplit,
    Receipt,
    ReceiptDigests,
    Session
} from "../types/Receipt.sol";
import {Anchor} from "../types/Anchor.sol";

/// @title The EIP-712 hashes that every part of TEEX agrees on.
/// @dev The domain is (name "TEEX", version "1", chain id, settlement address) for every contract: a signature made
/// for one deployment or chain is worth nothing on another. Checked against viem by `test/TypedData.t.sol`.
library TypedData {
    /// @notice The signature is well formed but by another key.
    error WrongSigner(address expected, address recovered);

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("TEEX");
    bytes32 private constant VERSION = keccak256("1");

    bytes32 private constant BLOCK_REF_TYPE = keccak256("BlockRef(uint64 number,bytes32 hash)");
    bytes32 private constant DATASET_USE_TYPE =
        keccak256("DatasetUse(uint256 id,bytes32 licenceDigest,uint128 priceCap)");
    bytes32 private constant FEE_TERMS_TYPE = keccak256("FeeTerms(uint128 max,uint16 dispatcherBasisPointsMax)");
    bytes32 private constant LIMITS_TYPE = keccak256("Limits(uint64 fuel,uint64 fuelStep,uint64 memoryBytes)");
    bytes32 private constant OUTPUT_TERMS_TYPE =
        keccak256("OutputTerms(bytes32 key,uint64 capBytes,uint64 paddingBytes)");
    bytes32 private constant SERVICE_REF_TYPE =
        keccak256("ServiceRef(uint256 id,uint32 version,bytes32 imageDigest,uint32 priceVersion)");
    bytes32 private constant TIER_TYPE = keccak256(
        "Tier(uint8 isolation,string profile,uint32 teeKinds,uint64 tcbNotBefore,uint8 required,uint8 redundancy,"
        "uint8 distinctOwners,uint8 distinctVendors,uint8 distinctPlatforms)"
    );
    // EIP-712: the types that a type refers to follow it, sorted by name. Literals, because the compiler hashes a literal
    // once but a concatenation at every use.
    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(address user,address dispatcher,uint32 lane,uint64 sequence,ServiceRef service,DatasetUse[] datasets,"
        "string purpose,bytes32 inputCommitment,OutputTerms output,FeeTerms fee,Limits limits,Tier tier,"
        "BlockRef recentBlock,uint64 deadline,bytes32 salt)" "BlockRef(uint64 number,bytes32 hash)"
        "DatasetUse(uint256 id,bytes32 licenceDigest,uint128 priceCap)"
        "FeeTerms(uint128 max,uint16 dispatcherBasisPointsMax)" "Limits(uint64 fuel,uint64 fuelStep,uint64 memoryBytes)"
        "OutputTerms(bytes32 key,uint64 capBytes,uint64 paddingBytes)"
        "ServiceRef(uint256 id,uint32 version,bytes32 imageDigest,uint32 priceVersion)"
        "Tier(uint8 isolation,string profile,uint32 teeKinds,uint64 tcbNotBefore,uint8 required,uint8 redundancy,"
        "uint8 distinctOwners,uint8 distinctVendors,uint8 distinctPlatforms)"
    );
    bytes32 private constant NODE_CERTIFICATE_TYPE = keccak256(
        "NodeCertificate(uint8 role,bytes32 tlsKeyHash,address signer,address payout,bytes measurement,"
        "bytes32 platformTag,uint8 tcbStatus,uint64 managerEpoch,uint64 notAfter)"
    );
    bytes32 private constant NODE_OPERATION_TYPE =
        keccak256("NodeOperation(uint8 role,address signer,bytes32 platform)");
    bytes32 private constant BATCH_HEADER_TYPE = keccak256(
        "BatchHeader(address dispatcher,uint64 number,bytes32 previous,bytes32 receiptsRoot,uint32 count,"
        "uint128 total,bytes32 debits,bytes32 requests,bytes32 credits)"
    );
    bytes32 private constant SESSION_TYPE = keccak256(
        "Session(address user,address sessionKey,address dispatcher,uint32 lane,uint128 cap,uint128 maxPerTask,"
        "uint256[] services,uint64 expiry,bytes32 salt)"
    );
    bytes32 private constant ACKNOWLEDGEMENT_TYPE =
        keccak256("Acknowledgement(bytes32 taskId,uint32 attempt,bytes32 receipt,uint64 settleBy)");
    bytes32 private constant ANCHOR_TYPE =
        keccak256("Anchor(bytes32 stream,uint64 expectedEpoch,uint64 epoch,uint64 index,bytes32 digest)");
    bytes32 private constant RECEIPT_DIGESTS_TYPE =
        keccak256("ReceiptDigests(bytes32 image,bytes32 price,bytes32 licences,bytes32 costTable)");
    bytes32 private constant DATASET_CHARGE_TYPE =
        keccak256("DatasetCharge(uint256 id,bytes32 licenceDigest,address payee,uint128 amount)");
    bytes32 private constant FEE_SPLIT_TYPE = keccak256(
        "FeeSplit(uint128 total,address provider,uint128 providerAmount,address workerPayee,uint128 workerAmount,"
        "address dispatcherPayee,uint128 dispatcherAmount)"
    );
    bytes32 private constant EXECUTION_TYPE = keccak256(
        "Execution(string engine,uint8 isolation,Tier tierReached,uint32 flags)"
        "Tier(uint8 isolation,string profile,uint32 teeKinds,uint64 tcbNotBefore,uint8 required,uint8 redundancy,"
        "uint8 distinctOwners,uint8 distinctVendors,uint8 distinctPlatforms)"
    );
    bytes32 private constant RECEIPT_TYPE = keccak256(
        "Receipt(bytes32 taskId,uint32 attempt,address dispatcher,address worker,bytes32 nodeCertificate,"
        "ReceiptDigests digests,bytes32 inputCommitment,bytes32 outputCommitment,bytes32 outputCiphertext,"
        "DatasetCharge[] datasets,uint64 fuel,uint64 memoryBytes,uint64 finishedAt,uint8 outcome,FeeSplit fee,"
        "Execution execution,bytes32 seedCommitment)"
        "DatasetCharge(uint256 id,bytes32 licenceDigest,address payee,uint128 amount)"
        "Execution(string engine,uint8 isolation,Tier tierReached,uint32 flags)"
        "FeeSplit(uint128 total,address provider,uint128 providerAmount,address workerPayee,uint128 workerAmount,"
        "address dispatcherPayee,uint128 dispatcherAmount)"
        "ReceiptDigests(bytes32 image,bytes32 price,bytes32 licences,bytes32 costTable)"
        "Tier(uint8 isolation,string profile,uint32 teeKinds,uint64 tcbNotBefore,uint8 required,uint8 redundancy,"
        "uint8 distinctOwners,uint8 distinctVendors,uint8 distinctPlatforms)"
    );

    /// @notice The domain of the deployment whose settlement contract is `settlement`, on the chain that executes this.
    /// @dev Never cached: after a fork of the chain the two halves have different domains.
    function domainSeparator(address settlement) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, NAME, VERSION, block.chainid, settlement));
    }

    /// @notice The hash that is signed: EIP-712's `encode(domainSeparator, message)`.
    function digest(address settlement, bytes32 structHash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator(settlement), structHash);
    }

    /// @notice Fails unless `signature` (r, s, v; 65 bytes; low s; v 27 or 28) over `signedHash` is by `expected`.
    function requireSignedBy(address expected, bytes32 signedHash, bytes calldata signature) internal pure {
        address recovered = ECDSA.recoverCalldata(signedHash, signature);
        if (recovered != expected) revert WrongSigner(expected, recovered);
    }

    function taskId(address settlement, Order calldata order) internal view returns (TaskId) {
        return TaskId.wrap(digest(settlement, hash(order)));
    }

    function hash(Order calldata order) internal pure returns (bytes32) {
        // Two halves, since one expression of sixteen words is too deep for the stack.
        bytes memory head = abi.encode(
            ORDER_TYPE,
            order.user,
            order.dispatcher,
            order.lane,
            order.sequence,
            _hash(order.service),
            _hash(order.datasets),
            keccak256(bytes(order.purpose))
        );
        bytes memory tail = abi.encode(
            order.inputCommitment,
            _hash(order.output),
            _hash(order.fee),
            _hash(order.limits),
            _hash(order.tier),
            _hash(order.recentBlock),
            order.deadline,
            order.salt
        );
        return keccak256(bytes.concat(head, tail));
    }

    function hash(NodeCertificate calldata certificate) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                NODE_CERTIFICATE_TYPE,
                certificate.role,
                certificate.tlsKeyHash,
                certificate.signer,
                certificate.payout,
                keccak256(certificate.measurement),
                certificate.platformTag,
                certificate.tcbStatus,
                certificate.managerEpoch,
                certificate.notAfter
            )
        );
    }

    function hash(NodeOperation calldata operation) internal pure returns (bytes32) {
        return keccak256(bytes.concat(NODE_OPERATION_TYPE, abi.encode(operation)));
    }

    function hash(BatchHeader calldata header) internal pure returns (bytes32) {
        // Every member is one static word, so the ABI encoding of the struct is its EIP-712 encoding.
        return keccak256(bytes.concat(BATCH_HEADER_TYPE, abi.encode(header)));
    }

    function hash(Anchor calldata anchor) internal pure returns (bytes32) {
        return keccak256(bytes.concat(ANCHOR_TYPE, abi.encode(anchor)));
    }

    function hash(Acknowledgement calldata acknowledgement) internal pure returns (bytes32) {
        return keccak256(bytes.concat(ACKNOWLEDGEMENT_TYPE, abi.encode(acknowledgement)));
    }

    function hash(Session calldata session) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SESSION_TYPE,
                session.user,
                session.sessionKey,
                session.dispatcher,
                session.lane,
                session.cap,
                session.maxPerTask,
                keccak256(abi.encodePacked(session.services)),
                session.expiry,
                session.salt
            )
        );
    }

    function hash(Receipt calldata receipt) internal pure returns (bytes32) {
        bytes memory head = abi.encode(
            RECEIPT_TYPE,
            receipt.taskId,
            receipt.attempt,
            receipt.dispatcher,
            receipt.worker,
            receipt.nodeCertificate,
            _hash(receipt.digests),
            receipt.inputCommitment,
            receipt.outputCommitment
        );
        bytes memory tail = abi.encode(
            receipt.outputCiphertext,
            _hash(receipt.datasets),
            receipt.fuel,
            receipt.memoryBytes,
            receipt.finishedAt,
            receipt.outcome,
            _hash(receipt.fee),
            _hash(receipt.execution),
            receipt.seedCommitment
        );
        return keccak256(bytes.concat(head, tail));
    }

    function _hash(ReceiptDigests calldata digests) private pure returns (bytes32) {
        return keccak256(bytes.concat(RECEIPT_DIGESTS_TYPE, abi.encode(digests)));
    }

    function _hash(DatasetCharge[] calldata charges) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](charges.length);
        for (uint256 i = 0; i < charges.length; i++) {
            hashes[i] = keccak256(bytes.concat(DATASET_CHARGE_TYPE, abi.encode(charges[i])));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _hash(FeeSplit calldata fee) private pure returns (bytes32) {
        return keccak256(bytes.concat(FEE_SPLIT_TYPE, abi.encode(fee)));
    }

    function _hash(Execution calldata execution) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                EXECUTION_TYPE,
                keccak256(bytes(execution.engine)),
                execution.isolation,
                _hash(execution.tierReached),
                execution.flags
            )
        );
    }

    function _hash(ServiceRef calldata service) private pure returns (bytes32) {
        return keccak256(bytes.concat(SERVICE_REF_TYPE, abi.encode(service)));
    }

    function _hash(DatasetUse[] calldata uses) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](uses.length);
        for (uint256 i = 0; i < uses.length; i++) {
            hashes[i] = keccak256(bytes.concat(DATASET_USE_TYPE, abi.encode(uses[i])));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _hash(OutputTerms calldata output) private pure returns (bytes32) {
        return keccak256(bytes.concat(OUTPUT_TERMS_TYPE, abi.encode(output)));
    }

    function _hash(FeeTerms calldata fee) private pure returns (bytes32) {
        return keccak256(bytes.concat(FEE_TERMS_TYPE, abi.encode(fee)));
    }

    function _hash(Limits calldata limits) private pure returns (bytes32) {
        return keccak256(bytes.concat(LIMITS_TYPE, abi.encode(limits)));
    }

    function _hash(Tier calldata tier) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TIER_TYPE,
                tier.isolation,
                keccak256(bytes(tier.profile)),
                tier.teeKinds,
                tier.tcbNotBefore,
                tier.required,
                tier.redundancy,
                tier.distinctOwners,
                tier.distinctVendors,
                tier.distinctPlatforms
            )
        );
    }

    function _hash(BlockRef calldata recentBlock) private pure returns (bytes32) {
        return keccak256(bytes.concat(BLOCK_REF_TYPE, abi.encode(recentBlock)));
    }
}
