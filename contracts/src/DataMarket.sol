// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IDataMarket} from "./interfaces/IDataMarket.sol";

/// @title Market of data, see {IDataMarket}.
contract DataMarket is IDataMarket, ERC721 {
    struct Terms {
        address publisher; // slot 0: 20 + 1 bytes
        LicenceState state;
        uint128 pricePerUse; // slot 1: 16 bytes
    }

    uint256 private _latestId;
    mapping(uint256 id => Dataset) private _datasets;
    mapping(uint256 id => mapping(bytes32 licenceDigest => Terms)) private _licences;

    constructor() ERC721("TEEX Data", "TEEXD") {}

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
    function dataset(uint256 id) external view returns (Dataset memory) {
        _requireDataset(id);
        return _datasets[id];
    }

    /// @inheritdoc IDataMarket
    function licence(uint256 id, bytes32 licenceDigest) external view returns (Licence memory) {
        Terms storage terms = _licences[id][licenceDigest];
        return Licence({
            publisher: terms.publisher,
            dataDigest: terms.state == LicenceState.None ? bytes32(0) : _datasets[id].dataDigest,
            pricePerUse: terms.pricePerUse,
            state: terms.state
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
        _licences[id][licenceDigest] =
            Terms({publisher: msg.sender, state: LicenceState.Active, pricePerUse: pricePerUse});
        emit LicenceAdded(id, licenceDigest, msg.sender, pricePerUse);
    }

    function _requireDataset(uint256 id) private view {
        if (_ownerOf(id) == address(0)) revert DatasetUnknown(id);
    }

    function _requireDatasetOwner(uint256 id) private view {
        _requireDataset(id);
        if (_ownerOf(id) != msg.sender) revert DatasetOwnerOnly(id, msg.sender);
    }
}
