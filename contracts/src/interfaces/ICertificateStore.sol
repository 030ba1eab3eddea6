// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256Key} from "../quote/libraries/P256Signature.sol";

/// @title Certificates and revocation lists of Intel's SGX and TDX platforms, verified up to one root key.
/// @notice Anybody posts them: what is posted is believed for its signatures alone. Everything is judged at the time of
/// the block, when it is posted and again whenever it is used.
interface ICertificateStore {
    enum IssuerKind {
        None,
        PckAuthority, // issues PCK certificates
        TcbSigner // signs TCB information and QE identities
    }

    /// @notice Whom the root vouches for, kept so that the same chain is verified once.
    struct Issuer {
        P256Key key; // slots 0 and 1
        bytes32 subject; // slot 2: keccak256 of its name in DER
        uint160 serial; // slot 3: 20 + 5 + 5 + 1 bytes
        uint40 from; // seconds since the epoch: validity together with the root's
        uint40 to; // inclusive
        IssuerKind kind;
    }

    /// @notice What a PCK certificate says about a platform, and what has to hold for it to be believed.
    struct Platform {
        P256Key key; // slots 0 and 1: signs the reports of the quoting enclave
        bytes32 id; // slot 2: keccak256 of the PPID, as the registry names platforms
        bytes32 authority; // slot 3: whose revocation list it may be on
        uint160 serial; // slot 4: 20 + 5 + 5 + 2 bytes
        uint40 from; // seconds since the epoch: validity of the whole chain
        uint40 to; // inclusive
        uint16 pceSvn;
        bytes16 components; // slot 5: 16 + 6 + 2 bytes; SVNs of the 16 components of its TCB
        bytes6 fmspc;
        bytes2 pceId;
        uint160 issuerSerial; // slot 6: 20 bytes; on the root's list if the authority was revoked
    }

    /// @notice The latest revocation list of an authority.
    struct RevocationList {
        address serials; // slot 0: 20 + 5 + 5 bytes; account whose code lists what is revoked, see CodeStorage
        uint40 thisUpdate; // 0: none was posted
        uint40 nextUpdate; // inclusive
    }

    /// @notice A platform's chain was verified; quotes that carry it (keccak256 `chain`) can be.
    event PlatformPosted(bytes32 indexed chain, bytes32 indexed platform, bytes6 fmspc, uint40 to);
    /// @notice An authority's list was verified; `authority` is zero for the root's.
    event RevocationListPosted(bytes32 indexed authority, uint40 thisUpdate, uint40 nextUpdate, uint256 revoked);

    error RootKeyUnexpected(bytes32 x, bytes32 y);
    error CertificateNameUnexpected(bytes32 nameHash);
    error CertificateNotValid(uint256 from, uint256 to, uint256 time);
    error CertificateRevoked(bytes32 authority, uint160 serial);
    error IssuerKindUnexpected(IssuerKind seen, IssuerKind expected);
    error PlatformUnknown(bytes32 chain);
    error PlatformKnown(bytes32 chain);
    error RevocationListNotSigned(bytes32 authority);
    error RevocationListOfAnother(bytes32 issuer, bytes32 expected);
    error RevocationListNotNewer(uint64 thisUpdate, uint40 known);
    error RevocationListMissing(bytes32 authority);
    error RevocationListNotCurrent(bytes32 authority, uint256 from, uint256 to, uint256 time);

    /// @notice Verifies the chain in a quote's certification data (type 5): PCK certificate, its issuer, the root.
    /// @param pem exactly the bytes of the quote, under whose keccak256 the platform is found later
    function postPlatform(bytes calldata pem) external returns (bytes32 chain);

    /// @notice Verifies the revocation list of an authority that issues PCK certificates.
    /// @param pem the authority's certificate and the root's
    function postPckCrl(bytes calldata crl, bytes calldata pem) external;

    /// @notice Verifies the root's revocation list, which covers the authorities and the signers of TCB documents.
    function postRootCrl(bytes calldata crl) external;

    /// @notice The signer of TCB documents whose certificate this is, with the root's; now valid, or it reverts.
    function tcbSigner(bytes calldata pem) external returns (Issuer memory);

    /// @notice The key that everything leads up to.
    function rootKey() external view returns (P256Key memory);

    /// @notice The platform of a posted chain, now valid and not revoked, and until when it stays so without a newer list.
    function platform(bytes32 chain) external view returns (Platform memory, uint64 until);

    /// @notice The latest list of an authority; zero for the root's.
    function revocationList(bytes32 authority) external view returns (RevocationList memory);

    /// @notice Reverts unless the root's list is current and has no certificate of this serial number.
    /// @return until when the list has to be replaced
    function requireNotRevokedByRoot(uint160 serial) external view returns (uint64 until);
}
