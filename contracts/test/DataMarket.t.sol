// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {DataMarket} from "../src/DataMarket.sol";
import {IDataMarket} from "../src/interfaces/IDataMarket.sol";
import {ListingDelay} from "../src/libraries/ListingDelay.sol";
import {Test} from "./support/Vm.sol";

contract DataMarketTest is Test {
    bytes32 private constant DATA = keccak256("data");
    bytes32 private constant LICENCE = keccak256("licence");

    uint64 private constant DELAY = 2 days;

    DataMarket private market = new DataMarket(DELAY);
    address private provider = accountOf("provider");
    address private stranger = accountOf("stranger");

    function test_listsADataSetWithItsFirstLicence() public {
        vm.expectEmit(address(market));
        emit IDataMarket.DatasetListed(1, provider, DATA, "bafy-data");
        vm.expectEmit(address(market));
        emit IDataMarket.LicenceAdded(1, LICENCE, provider, 25, uint64(block.timestamp));
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

    function test_listsWhatALaterOwnerAddsOnlyAfterTheDelay() public {
        uint256 id = listed();
        bytes32 added = keccak256("another licence");
        vm.prank(provider);
        market.transferFrom(provider, stranger, id);
        uint64 listedAt = uint64(block.timestamp) + DELAY;

        vm.expectEmit(address(market));
        emit IDataMarket.LicenceAdded(id, added, stranger, 50, listedAt);
        vm.prank(stranger);
        market.addLicence(id, added, 50);

        vm.assertEq(uint8(market.licence(id, LICENCE).state), uint8(IDataMarket.LicenceState.Active));
        vm.warp(listedAt - 1);
        vm.assertEq(uint8(market.licence(id, added).state), uint8(IDataMarket.LicenceState.Pending));
        vm.warp(listedAt);
        vm.assertEq(uint8(market.licence(id, added).state), uint8(IDataMarket.LicenceState.Active));
    }

    function test_aTransferToOneselfCounts() public {
        uint256 id = listed();
        vm.startPrank(provider);
        market.transferFrom(provider, provider, id);
        market.addLicence(id, keccak256("another licence"), 50);
        vm.stopPrank();

        uint8 state = uint8(market.licence(id, keccak256("another licence")).state);
        vm.assertEq(state, uint8(IDataMarket.LicenceState.Pending));
    }

    function test_revokesALicenceThatWaits() public {
        uint256 id = listed();
        vm.prank(provider);
        market.transferFrom(provider, stranger, id);

        vm.startPrank(stranger);
        market.addLicence(id, keccak256("another licence"), 50);
        market.revoke(id, keccak256("another licence"));
        vm.stopPrank();

        elapse(DELAY);
        uint8 state = uint8(market.licence(id, keccak256("another licence")).state);
        vm.assertEq(state, uint8(IDataMarket.LicenceState.Revoked));
    }

    function test_refusesADelayThatNobodyCanWaitFor() public {
        vm.assertEq(market.listingDelay(), DELAY);
        new DataMarket(30 days);
        vm.expectRevert(abi.encodeWithSelector(ListingDelay.ListingDelayTooLong.selector, 30 days + 1, 30 days));
        new DataMarket(30 days + 1);
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
