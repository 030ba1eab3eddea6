// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IServiceMarket} from "./interfaces/IServiceMarket.sol";
import {Price} from "./types/Price.sol";

/// @title Market of services, see {IServiceMarket}.
contract ServiceMarket is IServiceMarket, ERC721 {
    uint256 private _latestId;
    mapping(uint256 id => Service) private _services;
    mapping(uint256 id => mapping(uint32 version => Version)) private _versions;
    mapping(uint256 id => mapping(uint32 priceVersion => Price)) private _prices;

    constructor() ERC721("TEEX Service", "TEEXS") {}

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
    function service(uint256 id) external view returns (Service memory) {
        _requireService(id);
        return _services[id];
    }

    /// @inheritdoc IServiceMarket
    function version(uint256 id, uint32 number) external view returns (Version memory) {
        Version memory details = _versions[id][number];
        if (details.publisher == address(0)) revert VersionUnknown(id, number);
        return details;
    }

    /// @inheritdoc IServiceMarket
    function price(uint256 id, uint32 priceVersion) external view returns (Price memory) {
        if (priceVersion == 0 || priceVersion > _services[id].latestPriceVersion) {
            revert PriceVersionUnknown(id, priceVersion);
        }
        return _prices[id][priceVersion];
    }

    /// @inheritdoc IServiceMarket
    function isActive(uint256 id) external view returns (bool) {
        return _services[id].active;
    }

    /// @notice Where the metadata of the latest version is found: `ipfs://` and its CID.
    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireService(id);
        return string.concat("ipfs://", _versions[id][_services[id].latestVersion].metadataCid);
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
            listedAt: uint64(block.timestamp),
            metadataCid: newVersion.metadataCid
        });
        _versions[id][number] = details;
        emit VersionAdded(id, number, details);
    }

    function _addPrice(uint256 id, Price calldata newPrice) private returns (uint32 priceVersion) {
        priceVersion = ++_services[id].latestPriceVersion;
        _prices[id][priceVersion] = newPrice;
        emit PriceChanged(id, priceVersion, newPrice);
    }

    function _requireService(uint256 id) private view {
        if (_ownerOf(id) == address(0)) revert ServiceUnknown(id);
    }

    function _requireServiceOwner(uint256 id) private view {
        _requireService(id);
        if (_ownerOf(id) != msg.sender) revert ServiceOwnerOnly(id, msg.sender);
    }
}
