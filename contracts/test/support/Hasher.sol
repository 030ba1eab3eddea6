// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TypedData} from "../../src/libraries/TypedData.sol";
import {BatchHeader} from "../../src/types/Batch.sol";
import {NodeCertificate, NodeOperation} from "../../src/types/NodeCertificate.sol";
import {Order} from "../../src/types/Order.sol";

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

    function digest(address settlement, bytes32 structHash_) external view returns (bytes32) {
        return TypedData.digest(settlement, structHash_);
    }

    function domainSeparator(address settlement) external view returns (bytes32) {
        return TypedData.domainSeparator(settlement);
    }
}
