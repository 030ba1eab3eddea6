// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IDataMarket} from "./interfaces/IDataMarket.sol";
import {ListingDelay} from "./libraries/ListingDelay.sol";

/// @title Market of data, see {IDataMarket}.
contract DataMarket is IDataMarket, ERC721 {
    struct Terms {
        address publisher; // slot 0: 20 + 1 + 8 bytes
        LicenceState state; // never Pending: whether it waits is a question of time
        uint64 listedAt;
        uint128 pricePerUse; // slot 1: 16 bytes
    }

    uint64 private immutable _listingDelay;

    uint256 private _latestId;
    mapping(uint256 id => Dataset) private _datasets;
    mapping(uint256 id => mapping(bytes32 licenceDigest => Terms)) private _licences;
    mapping(uint256 id => bool) private _changedHands;

    /// @param listingDelay_ seconds after which what a later owner adds is listed; 0 for development only
    constructor(uint64 listingDelay_) ERC721("TEEX Data", "TEEXD") {
        _listingDelay = ListingDelay.checked(listingDelay_);
    }

    modifier onlyDatasetOwner(uint256 id) {
        _requireDatasetOwner(id);
        _;
    }

    /// @inheritdoc IDataMarket
    function list(bytes32 dataDigest, bytes32 licenceDigest, uint128 pricePerUse, string calldata metadataCid)
        external
        returns (uint256 id)
    {
        if (dataDigest == 0) revert DigestMissing();
        id = ++_latestId;
        _datasets[id] = Dataset({dataDigest: dataDigest, metadataCid: metadataCid});
        _mint(msg.sender, id);
        emit DatasetListed(id, msg.sender, dataDigest, metadataCid);
        _addLicence(id, licenceDigest, pricePerUse);
    }

    /// @inheritdoc IDataMarket
    function addLicence(uint256 id, bytes32 licenceDigest, uint128 pricePerUse) external onlyDatasetOwner(id) {
        _addLicence(id, licenceDigest, pricePerUse);
    }

    /// @inheritdoc IDataMarket
    function revoke(uint256 id, bytes32 licenceDigest) external onlyDatasetOwner(id) {
        Terms storage terms = _licences[id][licenceDigest];
        if (terms.state != LicenceState.Active) revert LicenceNotActive(id, licenceDigest, terms.state);
        terms.state = LicenceState.Revoked;
        emit LicenceRevoked(id, licenceDigest);
    }

    /// @inheritdoc IDataMarket
    function listingDelay() external view returns (uint64) {
        return _listingDelay;
    }

    /// @inheritdoc IDataMarket
    function dataset(uint256 id) external view returns (Dataset memory) {
        _requireDataset(id);
        return _datasets[id];
    }

    /// @inheritdoc IDataMarket
    function licence(uint256 id, bytes32 licenceDigest) external view returns (Licence memory) {
        Terms storage terms = _licences[id][licenceDigest];
        bool waits = terms.state == LicenceState.Active && terms.listedAt > block.timestamp;
        return Licence({
            publisher: terms.publisher,
            dataDigest: terms.state == LicenceState.None ? bytes32(0) : _datasets[id].dataDigest,
            pricePerUse: terms.pricePerUse,
            state: waits ? LicenceState.Pending : terms.state
        });
    }

    /// @notice Where the metadata of the data set is found: `ipfs://` and its CID.
    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireDataset(id);
        return string.concat("ipfs://", _datasets[id].metadataCid);
    }

    function _addLicence(uint256 id, bytes32 licenceDigest, uint128 pricePerUse) private {
        if (licenceDigest == 0) revert DigestMissing();
        LicenceState state = _licences[id][licenceDigest].state;
        if (state != LicenceState.None) revert LicenceExists(id, licenceDigest, state);
        uint64 listedAt = uint64(block.timestamp) + (_changedHands[id] ? _listingDelay : 0);
        _licences[id][licenceDigest] =
            Terms({publisher: msg.sender, state: LicenceState.Active, listedAt: listedAt, pricePerUse: pricePerUse});
        emit LicenceAdded(id, licenceDigest, msg.sender, pricePerUse, listedAt);
    }

    /// @dev Remembers that a data set is not its first owner's any more; minting is no change.
    function _update(address to, uint256 id, address authority) internal override returns (address from) {
        from = super._update(to, id, authority);
        if (from != address(0)) _changedHands[id] = true;
    }

    function _requireDataset(uint256 id) private view {
        if (_ownerOf(id) == address(0)) revert DatasetUnknown(id);
    }

    function _requireDatasetOwner(uint256 id) private view {
        _requireDataset(id);
        if (_ownerOf(id) != msg.sender) revert DatasetOwnerOnly(id, msg.sender);
    }
}
