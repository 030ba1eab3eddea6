// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BatchHeader, Credit, Debit, RequestPayment} from "../src/types/Batch.sol";
import {NodeCertificate, NodeOperation} from "../src/types/NodeCertificate.sol";
import {Anchor} from "../src/types/Anchor.sol";
import {Order} from "../src/types/Order.sol";
import {Acknowledgement, Receipt, Session} from "../src/types/Receipt.sol";
import {Hasher} from "./support/Hasher.sol";
import {Test} from "./support/Vm.sol";

/// @notice Every hash agrees with viem's, see `vectors.mjs`.
contract TypedDataTest is Test {
    Hasher private hasher = new Hasher();
    string private json;
    address private settlement;

    function setUp() public {
        json = vm.readFile("test/vectors.json");
        settlement = vm.parseJsonAddress(json, ".domain.verifyingContract");
        vm.chainId(vm.parseJsonUint(json, ".domain.chainId"));
    }

    function test_domainSeparatorAgreesWithViem() public view {
        vm.assertEq(hasher.domainSeparator(settlement), vm.parseJsonBytes32(json, ".domainSeparator"));
    }

    function test_orderHashAgreesWithViem() public view {
        Order memory order = abi.decode(bytesAt(".typed[0].encoded"), (Order));
        agrees(".typed[0]", hasher.structHash(order));
    }

    function test_onChainOrderHashAgreesWithViem() public view {
        Order memory order = abi.decode(bytesAt(".typed[1].encoded"), (Order));
        vm.assertEq(order.dispatcher, address(0));
        agrees(".typed[1]", hasher.structHash(order));
    }

    function test_nodeCertificateHashAgreesWithViem() public view {
        NodeCertificate memory certificate = abi.decode(bytesAt(".typed[2].encoded"), (NodeCertificate));
        agrees(".typed[2]", hasher.structHash(certificate));
    }

    function test_batchHeaderHashAgreesWithViem() public view {
        BatchHeader memory header = abi.decode(bytesAt(".typed[3].encoded"), (BatchHeader));
        agrees(".typed[3]", hasher.structHash(header));
    }

    function test_nodeOperationHashAgreesWithViem() public view {
        NodeOperation memory operation = abi.decode(bytesAt(".typed[4].encoded"), (NodeOperation));
        agrees(".typed[4]", hasher.structHash(operation));
    }

    function test_anchorHashAgreesWithViem() public view {
        Anchor memory anchor = abi.decode(bytesAt(".typed[5].encoded"), (Anchor));
        agrees(".typed[5]", hasher.structHash(anchor));
    }

    /// @dev Values of every length and size; the vectors of the protocol module, which viem made too.
    function test_whatIsShownInChallengesIsHashedAsViemDoes() public {
        json = vm.readFile("../protocol/src/test/resources/vectors/typed-data.json");
        for (uint256 i = 0; i < 4; i++) {
            string memory at_ = exampleOf("Order", 0, i);
            same(at_, hasher.structHash(abi.decode(bytesAt(string.concat(at_, ".abi")), (Order))));
            at_ = exampleOf("Session", 8, i);
            same(at_, hasher.structHash(abi.decode(bytesAt(string.concat(at_, ".abi")), (Session))));
            at_ = exampleOf("Receipt", 10, i);
            same(at_, hasher.structHash(abi.decode(bytesAt(string.concat(at_, ".abi")), (Receipt))));
            at_ = exampleOf("Acknowledgement", 17, i);
            same(at_, hasher.structHash(abi.decode(bytesAt(string.concat(at_, ".abi")), (Acknowledgement))));
        }
    }

    function test_arraysOfABatchAreHashedAsViemDoes() public view {
        sameArray(".arrays[0]", abi.encode(abi.decode(bytesAt(".arrays[0].encoded"), (Debit[]))));
        sameArray(".arrays[1]", abi.encode(abi.decode(bytesAt(".arrays[1].encoded"), (RequestPayment[]))));
        sameArray(".arrays[2]", abi.encode(abi.decode(bytesAt(".arrays[2].encoded"), (Credit[]))));
        sameArray(".arrays[3]", abi.encode(new Credit[](0)));
    }

    function test_digestDiffersOnAnotherChainAndForAnotherSettlement() public {
        bytes32 here = hasher.digest(settlement, keccak256("message"));
        vm.assertNotEq(here, hasher.digest(address(this), keccak256("message")));
        vm.chainId(1);
        vm.assertNotEq(here, hasher.digest(settlement, keccak256("message")));
    }

    function agrees(string memory entry, bytes32 structHash) private view {
        bytes32 digest = hasher.digest(settlement, structHash);
        vm.assertEq(structHash, vm.parseJsonBytes32(json, string.concat(entry, ".structHash")));
        vm.assertEq(digest, vm.parseJsonBytes32(json, string.concat(entry, ".digest")));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(vm.parseJsonUint(json, ".signer.privateKey"), digest);
        vm.assertEq(abi.encodePacked(r, s, v), bytesAt(string.concat(entry, ".signature")));
    }

    function exampleOf(string memory name, uint256 index, uint256 number) private view returns (string memory) {
        string memory entry = string.concat(".types[", decimal(index), "]");
        vm.assertEq(vm.parseJsonString(json, string.concat(entry, ".name")), name);
        return string.concat(entry, ".examples[", decimal(number), "]");
    }

    function same(string memory example, bytes32 structHash) private view {
        vm.assertEq(structHash, vm.parseJsonBytes32(json, string.concat(example, ".structHash")));
    }

    function decimal(uint256 number) private pure returns (string memory) {
        bytes1 ones = bytes1(uint8(48 + number % 10));
        return number < 10 ? string(abi.encodePacked(ones)) : string(abi.encodePacked(bytes1("1"), ones));
    }

    function sameArray(string memory entry, bytes memory encoded) private view {
        vm.assertEq(encoded, bytesAt(string.concat(entry, ".encoded")));
        vm.assertEq(keccak256(encoded), vm.parseJsonBytes32(json, string.concat(entry, ".hash")));
    }

    function bytesAt(string memory path) private view returns (bytes memory) {
        return vm.parseJsonBytes(json, path);
    }
}
