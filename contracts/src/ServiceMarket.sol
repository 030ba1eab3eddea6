// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IServiceMarket} from "./interfaces/IServiceMarket.sol";
import {ListingDelay} from "./libraries/ListingDelay.sol";
import {Price} from "./types/Price.sol";

/// @title Market of services, see {IServiceMarket}.
contract ServiceMarket is IServiceMarket, ERC721 {
    uint64 private immutable _listingDelay;

    uint256 private _latestId;
    mapping(uint256 id => Service) private _services;
    mapping(uint256 id => mapping(uint32 version => Version)) private _versions;
    mapping(uint256 id => mapping(uint32 priceVersion => Price)) private _prices;
    mapping(uint256 id => mapping(uint32 priceVersion => uint64 from)) private _pricesListedAt;
    mapping(uint256 id => bool) private _changedHands;

    /// @param listingDelay_ seconds after which what a later owner adds is listed; 0 for development only
    constructor(uint64 listingDelay_) ERC721("TEEX Service", "TEEXS") {
        _listingDelay = ListingDelay.checked(listingDelay_);
    }

    modifier onlyServiceOwner(uint256 id) {
        _requireServiceOwner(id);
        _;
    }

    /// @inheritdoc IServiceMarket
    function publish(NewVersion calldata newVersion, Price calldata newPrice) external returns (uint256 id) {
        id = ++_latestId;
        _services[id].active = true;
        _mint(msg.sender, id);
        emit ServicePublished(id, msg.sender);
        _addVersion(id, newVersion);
        _addPrice(id, newPrice);
        emit ActiveChanged(id, true);
    }

    /// @inheritdoc IServiceMarket
    function addVersion(uint256 id, NewVersion calldata newVersion) external onlyServiceOwner(id) returns (uint32) {
        return _addVersion(id, newVersion);
    }

    /// @inheritdoc IServiceMarket
    function setPrice(uint256 id, Price calldata newPrice) external onlyServiceOwner(id) returns (uint32) {
        return _addPrice(id, newPrice);
    }

    /// @inheritdoc IServiceMarket
    function setActive(uint256 id, bool active) external onlyServiceOwner(id) {
        _services[id].active = active;
        emit ActiveChanged(id, active);
    }

    /// @inheritdoc IServiceMarket
    function listingDelay() external view returns (uint64) {
        return _listingDelay;
    }

    /// @inheritdoc IServiceMarket
    function service(uint256 id) public view returns (Service memory listed) {
        _requireService(id);
        listed = _services[id];
        // The first ones were listed at once, so both loops end with them at the latest.
        while (_versions[id][listed.latestVersion].listedAt > block.timestamp) listed.latestVersion--;
        while (_pricesListedAt[id][listed.latestPriceVersion] > block.timestamp) listed.latestPriceVersion--;
    }

    /// @inheritdoc IServiceMarket
    function version(uint256 id, uint32 number) external view returns (Version memory) {
        Version memory details = _versions[id][number];
        if (details.publisher == address(0)) revert VersionUnknown(id, number);
        if (details.listedAt > block.timestamp) revert VersionNotListedYet(id, number, details.listedAt);
        return details;
    }

    /// @inheritdoc IServiceMarket
    function price(uint256 id, uint32 priceVersion) external view returns (Price memory) {
        _requirePrice(id, priceVersion);
        return _prices[id][priceVersion];
    }

    /// @inheritdoc IServiceMarket
    function priceReplacedAt(uint256 id, uint32 priceVersion) external view returns (uint64) {
        _requirePrice(id, priceVersion);
        return _pricesListedAt[id][priceVersion + 1];
    }

    /// @inheritdoc IServiceMarket
    function isActive(uint256 id) external view returns (bool) {
        return _services[id].active;
    }

    /// @notice Where the metadata of the latest listed version is found: `ipfs://` and its CID.
    function tokenURI(uint256 id) public view override returns (string memory) {
        return string.concat("ipfs://", _versions[id][service(id).latestVersion].metadataCid);
    }

    function _addVersion(uint256 id, NewVersion calldata newVersion) private returns (uint32 number) {
        if (newVersion.imageDigest == 0 || newVersion.publicKey == 0) {
            revert VersionIncomplete(newVersion.imageDigest, newVersion.publicKey);
        }
        number = ++_services[id].latestVersion;
        Version memory details = Version({
            imageDigest: newVersion.imageDigest,
            publicKey: newVersion.publicKey,
            publisher: msg.sender,
            listedAt: _listedAt(id),
            metadataCid: newVersion.metadataCid
        });
        _versions[id][number] = details;
        emit VersionAdded(id, number, details);
    }

    function _addPrice(uint256 id, Price calldata newPrice) private returns (uint32 priceVersion) {
        priceVersion = ++_services[id].latestPriceVersion;
        _prices[id][priceVersion] = newPrice;
        uint64 listedAt = _listedAt(id);
        _pricesListedAt[id][priceVersion] = listedAt;
        emit PriceChanged(id, priceVersion, newPrice, listedAt);
    }

    /// @dev Remembers that a service is not its first owner's any more; minting is no change.
    function _update(address to, uint256 id, address authority) internal override returns (address from) {
        from = super._update(to, id, authority);
        if (from != address(0)) _changedHands[id] = true;
    }

    /// @dev When what is added now is listed.
    function _listedAt(uint256 id) private view returns (uint64) {
        return uint64(block.timestamp) + (_changedHands[id] ? _listingDelay : 0);
    }

    function _requirePrice(uint256 id, uint32 priceVersion) private view {
        if (priceVersion == 0 || priceVersion > _services[id].latestPriceVersion) {
            revert PriceVersionUnknown(id, priceVersion);
        }
        uint64 listedAt = _pricesListedAt[id][priceVersion];
        if (listedAt > block.timestamp) revert PriceVersionNotListedYet(id, priceVersion, listedAt);
    }

    function _requireService(uint256 id) private view {
        if (_ownerOf(id) == address(0)) revert ServiceUnknown(id);
    }

    function _requireServiceOwner(uint256 id) private view {
        _requireService(id);
        if (_ownerOf(id) != msg.sender) revert ServiceOwnerOnly(id, msg.sender);
    }
}
