// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {DataMarket} from "../src/DataMarket.sol";
import {IDataMarket} from "../src/interfaces/IDataMarket.sol";
import {Test} from "./support/Vm.sol";

contract DataMarketTest is Test {
    bytes32 private constant DATA = keccak256("data");
    bytes32 private constant LICENCE = keccak256("licence");

    DataMarket private market = new DataMarket();
    address private provider = accountOf("provider");
    address private stranger = accountOf("stranger");

    function test_listsADataSetWithItsFirstLicence() public {
        vm.expectEmit(address(market));
        emit IDataMarket.DatasetListed(1, provider, DATA, "bafy-data");
        vm.expectEmit(address(market));
        emit IDataMarket.LicenceAdded(1, LICENCE, provider, 25);
        uint256 id = listed();

        vm.assertEq(id, 1);
        vm.assertEq(market.ownerOf(id), provider);
        vm.assertEq(market.dataset(id).dataDigest, DATA);
        vm.assertEq(market.tokenURI(id), "ipfs://bafy-data");
        vm.assertEq(market.name(), "TEEX Data");
        vm.assertEq(market.symbol(), "TEEXD");
        IDataMarket.Licence memory expected = IDataMarket.Licence({
            publisher: provider, dataDigest: DATA, pricePerUse: 25, state: IDataMarket.LicenceState.Active
        });
        vm.assertEq(abi.encode(market.licence(id, LICENCE)), abi.encode(expected));
    }

    function test_aLicenceBelongsToItsDataSetOnly() public {
        uint256 first = listed();
        vm.prank(provider);
        uint256 second = market.list(DATA, keccak256("another licence"), 1, "bafy-data");

        IDataMarket.Licence memory none;
        vm.assertEq(abi.encode(market.licence(second, LICENCE)), abi.encode(none));
        vm.assertEq(abi.encode(market.licence(first, keccak256("another licence"))), abi.encode(none));
    }

    function test_addsLicences() public {
        uint256 id = listed();

        vm.prank(provider);
        market.addLicence(id, keccak256("another licence"), 50);

        vm.assertEq(market.licence(id, LICENCE).pricePerUse, 25);
        vm.assertEq(market.licence(id, keccak256("another licence")).pricePerUse, 50);
    }

    function test_revokesForEver() public {
        uint256 id = listed();

        vm.startPrank(provider);
        vm.expectEmit(address(market));
        emit IDataMarket.LicenceRevoked(id, LICENCE);
        market.revoke(id, LICENCE);

        vm.assertEq(uint8(market.licence(id, LICENCE).state), uint8(IDataMarket.LicenceState.Revoked));
        vm.expectRevert(
            abi.encodeWithSelector(IDataMarket.LicenceExists.selector, id, LICENCE, IDataMarket.LicenceState.Revoked)
        );
        market.addLicence(id, LICENCE, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IDataMarket.LicenceNotActive.selector, id, LICENCE, IDataMarket.LicenceState.Revoked)
        );
        market.revoke(id, LICENCE);
        vm.stopPrank();
    }

    function test_refusesTheSameLicenceTwiceAndAnUnknownOneToBeRevoked() public {
        uint256 id = listed();

        vm.startPrank(provider);
        vm.expectRevert(
            abi.encodeWithSelector(IDataMarket.LicenceExists.selector, id, LICENCE, IDataMarket.LicenceState.Active)
        );
        market.addLicence(id, LICENCE, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IDataMarket.LicenceNotActive.selector, id, DATA, IDataMarket.LicenceState.None)
        );
        market.revoke(id, DATA);
        vm.stopPrank();
    }

    function test_refusesStrangersAndFormerOwners() public {
        uint256 id = listed();

        vm.startPrank(stranger);
        bytes memory refusal = abi.encodeWithSelector(IDataMarket.DatasetOwnerOnly.selector, id, stranger);
        vm.expectRevert(refusal);
        market.addLicence(id, keccak256("another licence"), 1);
        vm.expectRevert(refusal);
        market.revoke(id, LICENCE);
        vm.stopPrank();

        vm.startPrank(provider);
        market.transferFrom(provider, stranger, id);
        vm.expectRevert(abi.encodeWithSelector(IDataMarket.DatasetOwnerOnly.selector, id, provider));
        market.revoke(id, LICENCE);
        vm.stopPrank();
        vm.assertEq(market.licence(id, LICENCE).publisher, provider);
    }

    function test_refusesUnknownDataSets() public {
        bytes memory unknown = abi.encodeWithSelector(IDataMarket.DatasetUnknown.selector, 7);

        vm.expectRevert(unknown);
        market.dataset(7);
        vm.expectRevert(unknown);
        market.tokenURI(7);
        vm.expectRevert(unknown);
        market.revoke(7, LICENCE);
    }

    function test_refusesDigestsOfZero() public {
        vm.expectRevert(IDataMarket.DigestMissing.selector);
        market.list(0, LICENCE, 1, "bafy-data");
        vm.expectRevert(IDataMarket.DigestMissing.selector);
        market.list(DATA, 0, 1, "bafy-data");
    }

    function testFuzz_pricesAreKeptAsTheyAreGiven(bytes32 licenceDigest, uint128 pricePerUse) public {
        vm.assume(licenceDigest != 0 && licenceDigest != LICENCE);
        uint256 id = listed();

        vm.prank(provider);
        market.addLicence(id, licenceDigest, pricePerUse);

        vm.assertEq(market.licence(id, licenceDigest).pricePerUse, pricePerUse);
    }

    function listed() private returns (uint256) {
        vm.prank(provider);
        return market.list(DATA, LICENCE, 25, "bafy-data");
    }
}
