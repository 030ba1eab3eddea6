// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Price} from "../types/Price.sol";

/// @title Services on sale; each is an ERC-721 token whose owner earns what users pay for it.
/// @notice Versions and prices are only ever added: an order names both, so no change hits an order already signed.
/// No secret moves with the token: a version remembers who published it. What is added after the token changed hands
/// is listed only after a delay, so that nobody's input meets a new owner's code before users could look at it.
interface IServiceMarket {
    /// @notice What a provider publishes as one version.
    struct NewVersion {
        bytes32 imageDigest; // salted digest of the image, as the Service Manager returned it
        bytes32 publicKey; // X25519; the private half never leaves the Service Manager
        string metadataCid;
    }

    struct Version {
        bytes32 imageDigest; // slot 0
        bytes32 publicKey; // slot 1
        address publisher; // slot 2: 20 + 8 bytes
        uint64 listedAt; // seconds since the epoch: orders may name it from then on
        string metadataCid; // slot 3
    }

    /// @notice Versions and price versions count from 1. The latest ones are those that are listed.
    struct Service {
        uint32 latestVersion; // slot 0: 4 + 4 + 1 bytes
        uint32 latestPriceVersion;
        bool active;
    }

    event ServicePublished(uint256 indexed id, address indexed owner);
    event VersionAdded(uint256 indexed id, uint32 indexed version, Version details);
    /// @notice A price was added; orders may name it from `listedAt` on.
    event PriceChanged(uint256 indexed id, uint32 indexed priceVersion, Price price, uint64 listedAt);
    event ActiveChanged(uint256 indexed id, bool active);

    error ServiceUnknown(uint256 id);
    error VersionUnknown(uint256 id, uint32 version);
    error PriceVersionUnknown(uint256 id, uint32 priceVersion);
    error VersionNotListedYet(uint256 id, uint32 version, uint64 listedAt);
    error PriceVersionNotListedYet(uint256 id, uint32 priceVersion, uint64 listedAt);
    error ServiceOwnerOnly(uint256 id, address caller);
    /// @notice The image digest or the public key is zero.
    error VersionIncomplete(bytes32 imageDigest, bytes32 publicKey);

    /// @notice Lists a new, active service with its version 1 and price version 1; the caller owns it.
    function publish(NewVersion calldata newVersion, Price calldata newPrice) external returns (uint256 id);

    /// @notice Adds a version: listed at once by the first owner, after the delay by a later one. Owner of the service only.
    function addVersion(uint256 id, NewVersion calldata newVersion) external returns (uint32 version);

    /// @notice Adds a price version, listed as a version is. Owner of the service only.
    function setPrice(uint256 id, Price calldata newPrice) external returns (uint32 priceVersion);

    /// @notice Says whether the service takes new orders. Owner of the service only.
    function setActive(uint256 id, bool active) external;

    /// @notice Seconds that what a later owner adds waits.
    function listingDelay() external view returns (uint64);

    /// @notice The newest listed versions of a service and whether it is offered; reverts if it does not exist.
    function service(uint256 id) external view returns (Service memory);

    /// @notice A listed version; one that waits reverts like one that does not exist, with an error of its own.
    function version(uint256 id, uint32 number) external view returns (Version memory);

    /// @notice A listed price; one that waits reverts as a version does.
    function price(uint256 id, uint32 priceVersion) external view returns (Price memory);

    /// @notice When the price after a listed one is listed, in seconds since the epoch; zero if none was added. Orders
    /// that were signed before may still name the older one.
    function priceReplacedAt(uint256 id, uint32 priceVersion) external view returns (uint64);

    /// @notice False for a service that does not exist, too.
    function isActive(uint256 id) external view returns (bool);
}
