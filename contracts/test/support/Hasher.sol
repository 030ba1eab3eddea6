// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TypedData} from "../../src/libraries/TypedData.sol";
import {BatchHeader} from "../../src/types/Batch.sol";
import {NodeCertificate, NodeOperation} from "../../src/types/NodeCertificate.sol";
import {Anchor} from "../../src/types/Anchor.sol";
import {Order} from "../../src/types/Order.sol";
import {Acknowledgement, Receipt, Session} from "../../src/types/Receipt.sol";

/// @notice The library's functions as calls, since they read calldata.
contract Hasher {
    function structHash(Order calldata order) external pure returns (bytes32) {
        return TypedData.hash(order);
    }

    function structHash(NodeCertificate calldata certificate) external pure returns (bytes32) {
        return TypedData.hash(certificate);
    }

    function structHash(NodeOperation calldata operation) external pure returns (bytes32) {
        return TypedData.hash(operation);
    }

    function structHash(BatchHeader calldata header) external pure returns (bytes32) {
        return TypedData.hash(header);
    }

    function structHash(Receipt calldata receipt) external pure returns (bytes32) {
        return TypedData.hash(receipt);
    }

    function structHash(Session calldata session) external pure returns (bytes32) {
        return TypedData.hash(session);
    }

    function structHash(Acknowledgement calldata acknowledgement) external pure returns (bytes32) {
        return TypedData.hash(acknowledgement);
    }

    function structHash(Anchor calldata anchor) external pure returns (bytes32) {
        return TypedData.hash(anchor);
    }

    function digest(address settlement, bytes32 structHash_) external view returns (bytes32) {
        return TypedData.digest(settlement, structHash_);
    }

    function domainSeparator(address settlement) external view returns (bytes32) {
        return TypedData.domainSeparator(settlement);
    }
}
