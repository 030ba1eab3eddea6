// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Data sets on sale; each is an ERC-721 token whose owner earns what tasks pay for its use.
/// @notice The terms of a licence are known to the Service Manager, which counts its uses; the chain knows the digest,
/// the price of one use and whether it was revoked. No secret moves with the token. A licence that is added after the
/// token changed hands is listed only after a delay.
interface IDataMarket {
    /// @notice A licence that was revoked never comes back. One that waits for its delay is `Pending`.
    enum LicenceState {
        None,
        Active,
        Revoked,
        Pending
    }

    /// @notice A licence as it is read: the digest of the data stands with it.
    struct Licence {
        address publisher;
        bytes32 dataDigest;
        uint128 pricePerUse; // base units of the token
        LicenceState state;
    }

    struct Dataset {
        bytes32 dataDigest; // slot 0: salted digest of the data
        string metadataCid; // slot 1
    }

    event DatasetListed(uint256 indexed id, address indexed owner, bytes32 dataDigest, string metadataCid);
    /// @notice A licence was added; orders may name it from `listedAt` on.
    event LicenceAdded(
        uint256 indexed id,
        bytes32 indexed licenceDigest,
        address indexed publisher,
        uint128 pricePerUse,
        uint64 listedAt
    );
    event LicenceRevoked(uint256 indexed id, bytes32 indexed licenceDigest);

    error DatasetUnknown(uint256 id);
    error DatasetOwnerOnly(uint256 id, address caller);
    error DigestMissing();
    /// @notice The licence is already listed, or was listed and revoked.
    error LicenceExists(uint256 id, bytes32 licenceDigest, LicenceState state);
    error LicenceNotActive(uint256 id, bytes32 licenceDigest, LicenceState state);

    /// @notice Lists a data set with its first licence; the caller owns it.
    function list(bytes32 dataDigest, bytes32 licenceDigest, uint128 pricePerUse, string calldata metadataCid)
        external
        returns (uint256 id);

    /// @notice Adds a licence: listed at once by the first owner, after the delay by a later one. Owner of the data set only.
    function addLicence(uint256 id, bytes32 licenceDigest, uint128 pricePerUse) external;

    /// @notice Revokes a licence: no data key is released for it from the next release on. Owner of the data set only.
    function revoke(uint256 id, bytes32 licenceDigest) external;

    /// @notice Seconds that what a later owner adds waits.
    function listingDelay() external view returns (uint64);

    /// @notice The data set; reverts if it does not exist.
    function dataset(uint256 id) external view returns (Dataset memory);

    /// @notice The licence; state `None` and zero if it was never listed for this data set.
    function licence(uint256 id, bytes32 licenceDigest) external view returns (Licence memory);
}
