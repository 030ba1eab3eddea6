// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ServiceMarket} from "../src/ServiceMarket.sol";
import {IServiceMarket} from "../src/interfaces/IServiceMarket.sol";
import {ListingDelay} from "../src/libraries/ListingDelay.sol";
import {Price} from "../src/types/Price.sol";
import {Test} from "./support/Vm.sol";

contract ServiceMarketTest is Test {
    uint64 private constant DELAY = 2 days;

    ServiceMarket private market = new ServiceMarket(DELAY);
    address private provider = accountOf("provider");
    address private stranger = accountOf("stranger");

    function setUp() public {
        vm.warp(1_800_000_000);
    }

    function test_publishesAServiceWithItsFirstVersionAndPrice() public {
        vm.expectEmit(address(market));
        emit IServiceMarket.ServicePublished(1, provider);
        vm.expectEmit(address(market));
        emit IServiceMarket.VersionAdded(1, 1, versionBy(provider, aVersion("image")));
        vm.expectEmit(address(market));
        emit IServiceMarket.PriceChanged(1, 1, aPrice(10), uint64(block.timestamp));
        uint256 id = publish();

        vm.assertEq(id, 1);
        vm.assertEq(market.ownerOf(id), provider);
        vm.assertEq(market.isActive(id), true);
        vm.assertEq(abi.encode(market.service(id)), abi.encode(IServiceMarket.Service(1, 1, true)));
        vm.assertEq(abi.encode(market.version(id, 1)), abi.encode(versionBy(provider, aVersion("image"))));
        vm.assertEq(abi.encode(market.price(id, 1)), abi.encode(aPrice(10)));
        vm.assertEq(market.tokenURI(id), "ipfs://bafy-image");
        vm.assertEq(market.name(), "TEEX Service");
        vm.assertEq(market.symbol(), "TEEXS");
    }

    function test_numbersServicesFromOne() public {
        vm.assertEq(publish(), 1);
        vm.assertEq(publish(), 2);
    }

    function test_addsVersionsAndKeepsTheOldOnes() public {
        uint256 id = publish();
        elapse(1 hours);

        vm.prank(provider);
        uint32 number = market.addVersion(id, aVersion("second"));

        vm.assertEq(number, 2);
        vm.assertEq(market.version(id, 1).imageDigest, keccak256("image"));
        vm.assertEq(market.version(id, 2).imageDigest, keccak256("second"));
        vm.assertEq(market.version(id, 2).listedAt, 1_800_000_000 + 1 hours);
        vm.assertEq(market.tokenURI(id), "ipfs://bafy-second");
    }

    function test_addsPricesAndKeepsTheOldOnes() public {
        uint256 id = publish();

        vm.prank(provider);
        uint32 priceVersion = market.setPrice(id, aPrice(20));

        vm.assertEq(priceVersion, 2);
        vm.assertEq(market.price(id, 1).base, 10);
        vm.assertEq(market.price(id, 2).base, 20);
    }

    function test_goesInactiveAndActiveAgain() public {
        uint256 id = publish();

        vm.startPrank(provider);
        vm.expectEmit(address(market));
        emit IServiceMarket.ActiveChanged(id, false);
        market.setActive(id, false);
        vm.assertEq(market.isActive(id), false);
        market.setActive(id, true);
        vm.assertEq(market.isActive(id), true);
        vm.stopPrank();
    }

    function test_newOwnerGovernsAndVersionsRememberTheirPublisher() public {
        uint256 id = publish();

        vm.prank(provider);
        market.transferFrom(provider, stranger, id);
        vm.prank(stranger);
        market.addVersion(id, aVersion("by the new owner"));
        elapse(DELAY);

        vm.assertEq(market.version(id, 1).publisher, provider);
        vm.assertEq(market.version(id, 2).publisher, stranger);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.ServiceOwnerOnly.selector, id, provider));
        vm.prank(provider);
        market.setActive(id, false);
    }

    function test_listsWhatALaterOwnerAddsOnlyAfterTheDelay() public {
        uint256 id = publish();
        vm.prank(provider);
        market.transferFrom(provider, stranger, id);

        vm.startPrank(stranger);
        uint64 listedAt = uint64(block.timestamp) + DELAY;
        vm.expectEmit(address(market));
        emit IServiceMarket.PriceChanged(id, 2, aPrice(20), listedAt);
        market.setPrice(id, aPrice(20));
        market.addVersion(id, aVersion("second"));
        elapse(1);
        market.addVersion(id, aVersion("third"));
        vm.stopPrank();

        vm.assertEq(market.priceReplacedAt(id, 1), listedAt);

        vm.warp(listedAt - 1);
        vm.assertEq(abi.encode(market.service(id)), abi.encode(IServiceMarket.Service(1, 1, true)));
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.PriceVersionNotListedYet.selector, id, 2, listedAt));
        market.priceReplacedAt(id, 2);
        vm.assertEq(market.tokenURI(id), "ipfs://bafy-image");
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.VersionNotListedYet.selector, id, 2, listedAt));
        market.version(id, 2);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.PriceVersionNotListedYet.selector, id, 2, listedAt));
        market.price(id, 2);
        vm.assertEq(market.version(id, 1).publisher, provider);

        vm.warp(listedAt);
        vm.assertEq(abi.encode(market.service(id)), abi.encode(IServiceMarket.Service(2, 2, true)));
        vm.assertEq(market.version(id, 2).listedAt, listedAt);
        vm.assertEq(market.price(id, 2).base, 20);
        vm.assertEq(market.tokenURI(id), "ipfs://bafy-second");
        vm.warp(listedAt + 1);
        vm.assertEq(market.service(id).latestVersion, 3);
    }

    /// @notice Selling a service to oneself, or back, ends no delay.
    function test_aServiceThatChangedHandsOnceWaitsForEver() public {
        uint256 id = publish();
        vm.prank(provider);
        market.transferFrom(provider, stranger, id);
        vm.startPrank(stranger);
        market.transferFrom(stranger, stranger, id);
        market.transferFrom(stranger, provider, id);
        vm.stopPrank();
        elapse(DELAY * 2);

        vm.prank(provider);
        market.addVersion(id, aVersion("second"));

        vm.assertEq(market.service(id).latestVersion, 1);
    }

    /// @notice Which of two accounts is whose, nobody can tell: every transfer counts.
    function test_aTransferToOneselfCounts() public {
        uint256 id = publish();
        vm.startPrank(provider);
        market.transferFrom(provider, provider, id);
        market.addVersion(id, aVersion("second"));
        vm.stopPrank();

        vm.assertEq(market.service(id).latestVersion, 1);
    }

    function test_refusesADelayThatNobodyCanWaitFor() public {
        vm.assertEq(market.listingDelay(), DELAY);
        new ServiceMarket(30 days);
        vm.expectRevert(abi.encodeWithSelector(ListingDelay.ListingDelayTooLong.selector, 30 days + 1, 30 days));
        new ServiceMarket(30 days + 1);
    }

    function testFuzz_neverListsALaterOwnersVersionBeforeItsTime(uint64 delay, uint64 waited) public {
        delay = uint64(within(delay, 0, 30 days));
        waited = uint64(within(waited, 0, 60 days));
        market = new ServiceMarket(delay);
        uint256 id = publish();
        vm.prank(provider);
        market.transferFrom(provider, stranger, id);
        vm.prank(stranger);
        market.addVersion(id, aVersion("second"));

        elapse(waited);

        vm.assertEq(market.service(id).latestVersion, waited < delay ? 1 : 2);
    }

    function test_refusesStrangers() public {
        uint256 id = publish();
        bytes memory refusal = abi.encodeWithSelector(IServiceMarket.ServiceOwnerOnly.selector, id, stranger);

        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        market.addVersion(id, aVersion("image"));
        vm.expectRevert(refusal);
        market.setPrice(id, aPrice(1));
        vm.expectRevert(refusal);
        market.setActive(id, false);
        vm.stopPrank();
    }

    function test_anOperatorOfTheTokenDoesNotGovernTheService() public {
        uint256 id = publish();
        vm.prank(provider);
        market.approve(stranger, id);

        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.ServiceOwnerOnly.selector, id, stranger));
        vm.prank(stranger);
        market.setPrice(id, aPrice(0));
    }

    function test_refusesUnknownServicesVersionsAndPrices() public {
        bytes memory unknown = abi.encodeWithSelector(IServiceMarket.ServiceUnknown.selector, 7);
        vm.expectRevert(unknown);
        market.service(7);
        vm.expectRevert(unknown);
        market.tokenURI(7);
        vm.expectRevert(unknown);
        market.setActive(7, true);
        vm.assertEq(market.isActive(7), false);

        uint256 id = publish();
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.VersionUnknown.selector, id, 0));
        market.version(id, 0);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.VersionUnknown.selector, id, 2));
        market.version(id, 2);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.PriceVersionUnknown.selector, id, 0));
        market.price(id, 0);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.PriceVersionUnknown.selector, id, 2));
        market.price(id, 2);
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.PriceVersionUnknown.selector, id, 2));
        market.priceReplacedAt(id, 2);
    }

    function test_tellsWhenAPriceWasReplaced() public {
        uint256 id = publish();
        vm.assertEq(market.priceReplacedAt(id, 1), 0);
        elapse(5);
        uint64 replacedAt = uint64(block.timestamp);

        vm.prank(provider);
        market.setPrice(id, aPrice(20));
        elapse(5);
        vm.prank(provider);
        market.setPrice(id, aPrice(30));

        vm.assertEq(market.priceReplacedAt(id, 1), replacedAt);
        vm.assertEq(market.priceReplacedAt(id, 2), replacedAt + 5);
        vm.assertEq(market.priceReplacedAt(id, 3), 0);
    }

    function test_refusesAVersionWithoutDigestOrKey() public {
        IServiceMarket.NewVersion memory version = aVersion("image");
        version.imageDigest = 0;
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.VersionIncomplete.selector, 0, version.publicKey));
        market.publish(version, aPrice(1));

        version = aVersion("image");
        version.publicKey = 0;
        vm.expectRevert(abi.encodeWithSelector(IServiceMarket.VersionIncomplete.selector, version.imageDigest, 0));
        market.publish(version, aPrice(1));
    }

    function testFuzz_pricesAreKeptAsTheyAreGiven(Price calldata price) public {
        uint256 id = publish();

        vm.prank(provider);
        uint32 priceVersion = market.setPrice(id, price);

        vm.assertEq(abi.encode(market.price(id, priceVersion)), abi.encode(price));
    }

    function publish() private returns (uint256) {
        vm.prank(provider);
        return market.publish(aVersion("image"), aPrice(10));
    }

    function aVersion(string memory name) private pure returns (IServiceMarket.NewVersion memory) {
        return IServiceMarket.NewVersion({
            imageDigest: keccak256(bytes(name)),
            publicKey: keccak256("public key"),
            metadataCid: string.concat("bafy-", name)
        });
    }

    function versionBy(address publisher, IServiceMarket.NewVersion memory version)
        private
        view
        returns (IServiceMarket.Version memory)
    {
        return IServiceMarket.Version({
            imageDigest: version.imageDigest,
            publicKey: version.publicKey,
            publisher: publisher,
            listedAt: uint64(block.timestamp),
            metadataCid: version.metadataCid
        });
    }

    function aPrice(uint128 base) private pure returns (Price memory) {
        return Price({base: base, perMillionFuel: 3, remunerationBase: 4, remunerationPerMillionFuel: 2});
    }
}
