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

    mapping(bytes32 chain => Issuer) private _issuers;
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
        (bytes memory der, bytes memory issuers) = Pem.split(pem);
        Issuer memory issuer = _issuer(issuers, IssuerKind.PckAuthority);
        Certificate memory leaf = Certificates.parse(der);
        Certificates.requireIssued(leaf, issuer.subject, issuer.key);
        Certificates.requireSigner(leaf);
        if (leaf.commonName != PCK_NAME) revert CertificateNameUnexpected(leaf.commonName);
        PckPlatform memory described = PckExtension.parse(leaf.platform);
        (uint40 from, uint40 to) = _windowOf(leaf, issuer.from, issuer.to);
        _requireNow(from, to);

        _platforms[chain] = Platform({
            key: leaf.key,
            id: described.id,
            authority: _authorityOf(issuer),
            serial: leaf.serial,
            from: from,
            to: to,
            pceSvn: described.pceSvn,
            components: described.components,
            fmspc: described.fmspc,
            pceId: described.pceId,
            issuerSerial: issuer.serial
        });
        emit PlatformPosted(chain, described.id, described.fmspc, to);
    }

    /// @inheritdoc ICertificateStore
    function postPckCrl(bytes calldata crl, bytes calldata pem) external {
        Issuer memory issuer = _issuer(pem, IssuerKind.PckAuthority);
        Crl memory list = Crls.parse(crl);
        if (list.issuer != issuer.subject) revert RevocationListOfAnother(list.issuer, issuer.subject);
        _post(_authorityOf(issuer), issuer.key, list);
    }

    /// @inheritdoc ICertificateStore
    function postRootCrl(bytes calldata crl) external {
        _post(ROOT, rootKey(), Crls.parse(crl));
    }

    /// @inheritdoc ICertificateStore
    function tcbSigner(bytes calldata pem) external returns (Issuer memory) {
        return _issuer(pem, IssuerKind.TcbSigner);
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
        if (list.thisUpdate == 0) revert RevocationListMissing(authority);
        if (block.timestamp < list.thisUpdate || block.timestamp > list.nextUpdate) {
            revert RevocationListNotCurrent(authority, list.thisUpdate, list.nextUpdate, block.timestamp);
        }
        if (Crls.contains(CodeStorage.read(list.serials), serial)) revert CertificateRevoked(authority, serial);
        return list.nextUpdate;
    }

    /// @dev An authority or signer below the root, of this kind and now valid. It is verified once for the same text.
    function _issuer(bytes memory pem, IssuerKind kind) private returns (Issuer memory issuer) {
        bytes32 chain = keccak256(pem);
        issuer = _issuers[chain];
        if (issuer.kind == IssuerKind.None) {
            issuer = _verified(pem);
            _issuers[chain] = issuer;
        }
        if (issuer.kind != kind) revert IssuerKindUnexpected(issuer.kind, kind);
        _requireNow(issuer.from, issuer.to);
    }

    function _verified(bytes memory pem) private view returns (Issuer memory issuer) {
        (bytes memory der, bytes memory rootDer) = Pem.pair(pem);
        // The root is known by its key, and whole: its own signature holds.
        Certificate memory root = Certificates.parse(rootDer);
        if (root.key.x != _rootX || root.key.y != _rootY) revert RootKeyUnexpected(root.key.x, root.key.y);
        Certificates.requireIssued(root, root.subject, root.key);
        Certificates.requireAuthority(root);

        Certificate memory certificate = Certificates.parse(der);
        Certificates.requireIssued(certificate, root.subject, root.key);
        bytes32 name = certificate.commonName;
        if (name == PLATFORM_CA_NAME || name == PROCESSOR_CA_NAME) {
            Certificates.requireAuthority(certificate);
            issuer.kind = IssuerKind.PckAuthority;
        } else if (name == TCB_SIGNER_NAME) {
            Certificates.requireSigner(certificate);
            issuer.kind = IssuerKind.TcbSigner;
        } else {
            revert CertificateNameUnexpected(name);
        }
        issuer.key = certificate.key;
        issuer.subject = certificate.subject;
        issuer.serial = certificate.serial;
        (issuer.from, issuer.to) = _windowOf(certificate, root.notBefore, root.notAfter);
    }

    /// @dev When a certificate holds together with its issuers.
    function _windowOf(Certificate memory certificate, uint64 issuersFrom, uint64 issuersTo)
        private
        pure
        returns (uint40 from, uint40 to)
    {
        from = uint40(certificate.notBefore > issuersFrom ? certificate.notBefore : issuersFrom);
        to = uint40(_least(certificate.notAfter, issuersTo));
    }

    function _requireNow(uint256 from, uint256 to) private view {
        if (block.timestamp < from || block.timestamp > to) revert CertificateNotValid(from, to, block.timestamp);
    }

    /// @dev An authority is its name and key: renewed with both, it revokes what it issued before.
    function _authorityOf(Issuer memory issuer) private pure returns (bytes32) {
        return keccak256(abi.encode(issuer.subject, issuer.key));
    }

    function _least(uint64 left, uint64 right) private pure returns (uint64) {
        return left < right ? left : right;
    }
}
