// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ICertificateStore} from "../interfaces/ICertificateStore.sol";
import {Certificate, Certificates} from "./libraries/Certificates.sol";
import {CodeStorage} from "./libraries/CodeStorage.sol";
import {Crl, Crls} from "./libraries/Crls.sol";
import {P256Key, P256Signatures} from "./libraries/P256Signature.sol";
import {PckExtension, PckPlatform} from "./libraries/PckExtension.sol";
import {Pem} from "./libraries/Pem.sol";

/// @title Certificates and revocation lists of SGX and TDX platforms, see {ICertificateStore}.
/// @dev The rules are those of the Java verifier's `PckChain`, `CertificateRules` and `Crl`.
contract CertificateStore is ICertificateStore {
    bytes32 private constant PCK_NAME = keccak256("Intel SGX PCK Certificate");
    bytes32 private constant PLATFORM_CA_NAME = keccak256("Intel SGX PCK Platform CA");
    bytes32 private constant PROCESSOR_CA_NAME = keccak256("Intel SGX PCK Processor CA");
    bytes32 private constant TCB_SIGNER_NAME = keccak256("Intel SGX TCB Signing");

    /// @dev The root is named by zero: there is one, and its name says nothing (Intel's samples carry it, too).
    bytes32 private constant ROOT = 0;

    bytes32 private immutable _rootX;
    bytes32 private immutable _rootY;

    mapping(bytes32 chain => Platform) private _platforms;
    mapping(bytes32 authority => RevocationList) private _lists;

    /// @param root of Intel in production, see IntelRoot; of a test authority elsewhere
    constructor(P256Key memory root) {
        (_rootX, _rootY) = (root.x, root.y);
    }

    /// @inheritdoc ICertificateStore
    function postPlatform(bytes calldata pem) external returns (bytes32 chain) {
        chain = keccak256(pem);
        if (_platforms[chain].to != 0) revert PlatformKnown(chain);
        bytes[] memory certificates = Pem.decode(pem, 3);
        Certificate memory root = _root(certificates[2]);
        Certificate memory issuer = _authority(certificates[1], root);
        Certificate memory leaf = _leaf(certificates[0], issuer, PCK_NAME);
        PckPlatform memory described = PckExtension.parse(leaf.platform);
        (uint64 from, uint64 to) = _window(leaf, _later(issuer, root), _earlier(issuer, root));

        _platforms[chain] = Platform({
            key: leaf.key,
            id: described.id,
            authority: _authorityOf(issuer),
            serial: leaf.serial,
            from: uint40(from),
            to: uint40(to),
            pceSvn: described.pceSvn,
            components: described.components,
            fmspc: described.fmspc,
            pceId: described.pceId,
            issuerSerial: issuer.serial
        });
        emit PlatformPosted(chain, described.id, described.fmspc, uint40(to));
    }

    /// @inheritdoc ICertificateStore
    function postPckCrl(bytes calldata crl, bytes calldata pem) external {
        bytes[] memory certificates = Pem.decode(pem, 2);
        Certificate memory root = _root(certificates[1]);
        Certificate memory issuer = _authority(certificates[0], root);
        _window(issuer, root.notBefore, root.notAfter);
        Crl memory list = Crls.parse(crl);
        if (list.issuer != issuer.subject) revert RevocationListOfAnother(list.issuer, issuer.subject);
        _post(_authorityOf(issuer), issuer.key, list);
    }

    /// @inheritdoc ICertificateStore
    function postRootCrl(bytes calldata crl) external {
        _post(ROOT, rootKey(), Crls.parse(crl));
    }

    /// @inheritdoc ICertificateStore
    function rootKey() public view returns (P256Key memory) {
        return P256Key({x: _rootX, y: _rootY});
    }

    /// @inheritdoc ICertificateStore
    function platform(bytes32 chain) external view returns (Platform memory known, uint64 until) {
        known = _platforms[chain];
        if (known.to == 0) revert PlatformUnknown(chain);
        _requireNow(known.from, known.to);
        uint64 authorityUntil = _requireNotRevoked(ROOT, known.issuerSerial);
        uint64 platformUntil = _requireNotRevoked(known.authority, known.serial);
        until = _least(known.to, _least(authorityUntil, platformUntil));
    }

    /// @inheritdoc ICertificateStore
    function revocationList(bytes32 authority) external view returns (RevocationList memory) {
        return _lists[authority];
    }

    /// @inheritdoc ICertificateStore
    function requireTcbSigner(bytes calldata pem)
        external
        view
        returns (P256Key memory key, uint160 serial, uint64 from, uint64 to)
    {
        bytes[] memory certificates = Pem.decode(pem, 2);
        Certificate memory root = _root(certificates[1]);
        Certificate memory signer = _leaf(certificates[0], root, TCB_SIGNER_NAME);
        (from, to) = _window(signer, root.notBefore, root.notAfter);
        return (signer.key, signer.serial, from, to);
    }

    /// @inheritdoc ICertificateStore
    function requireNotRevokedByRoot(uint160 serial) external view returns (uint64 until) {
        return _requireNotRevoked(ROOT, serial);
    }

    function _post(bytes32 authority, P256Key memory key, Crl memory list) private {
        if (!P256Signatures.isOf(list.signature, list.signedHash, key)) revert RevocationListNotSigned(authority);
        if (block.timestamp < list.thisUpdate || block.timestamp > list.nextUpdate) {
            revert RevocationListNotCurrent(authority, list.thisUpdate, list.nextUpdate, block.timestamp);
        }
        uint40 known = _lists[authority].thisUpdate;
        // Newer by its date: the number that a list carries is 1 in all of Intel's.
        if (list.thisUpdate <= known) revert RevocationListNotNewer(list.thisUpdate, known);
        _lists[authority] = RevocationList({
            serials: CodeStorage.write(list.serials),
            thisUpdate: uint40(list.thisUpdate),
            nextUpdate: uint40(list.nextUpdate)
        });
        emit RevocationListPosted(
            authority, uint40(list.thisUpdate), uint40(list.nextUpdate), list.serials.length / Crls.SERIAL_SIZE
        );
    }

    function _requireNotRevoked(bytes32 authority, uint160 serial) private view returns (uint64) {
        RevocationList memory list = _lists[authority];
        // A list that was never posted held from 0 to 0.
        if (block.timestamp < list.thisUpdate || block.timestamp > list.nextUpdate) {
            revert RevocationListNotCurrent(authority, list.thisUpdate, list.nextUpdate, block.timestamp);
        }
        if (Crls.contains(CodeStorage.read(list.serials), serial)) revert CertificateRevoked(authority, serial);
        return list.nextUpdate;
    }

    /// @dev Known by its key, and whole: its own signature holds.
    function _root(bytes memory der) private view returns (Certificate memory root) {
        root = Certificates.parse(der);
        if (root.key.x != _rootX || root.key.y != _rootY) revert RootKeyUnexpected(root.key.x, root.key.y);
        Certificates.requireIssued(root, root);
        Certificates.requireAuthority(root);
    }

    function _authority(bytes memory der, Certificate memory root) private view returns (Certificate memory authority) {
        authority = Certificates.parse(der);
        Certificates.requireIssued(authority, root);
        Certificates.requireAuthority(authority);
        if (authority.commonName != PLATFORM_CA_NAME && authority.commonName != PROCESSOR_CA_NAME) {
            revert CertificateNameUnexpected(authority.commonName);
        }
    }

    function _leaf(bytes memory der, Certificate memory issuer, bytes32 name)
        private
        view
        returns (Certificate memory leaf)
    {
        leaf = Certificates.parse(der);
        Certificates.requireIssued(leaf, issuer);
        Certificates.requireSigner(leaf);
        if (leaf.commonName != name) revert CertificateNameUnexpected(leaf.commonName);
    }

    /// @dev When a certificate holds together with its issuers; now, or it reverts.
    function _window(Certificate memory certificate, uint64 issuersFrom, uint64 issuersTo)
        private
        view
        returns (uint64 from, uint64 to)
    {
        from = certificate.notBefore > issuersFrom ? certificate.notBefore : issuersFrom;
        to = _least(certificate.notAfter, issuersTo);
        _requireNow(from, to);
    }

    function _later(Certificate memory left, Certificate memory right) private pure returns (uint64) {
        return left.notBefore > right.notBefore ? left.notBefore : right.notBefore;
    }

    function _earlier(Certificate memory left, Certificate memory right) private pure returns (uint64) {
        return _least(left.notAfter, right.notAfter);
    }

    function _requireNow(uint256 from, uint256 to) private view {
        if (block.timestamp < from || block.timestamp > to) revert CertificateNotValid(from, to, block.timestamp);
    }

    /// @dev An authority is its name and key: renewed with both, it revokes what it issued before.
    function _authorityOf(Certificate memory issuer) private pure returns (bytes32) {
        return keccak256(abi.encode(issuer.subject, issuer.key));
    }

    function _least(uint64 left, uint64 right) private pure returns (uint64) {
        return left < right ? left : right;
    }
}
