package io.teex.attestation;

import io.teex.attestation.ForeignEvidence.Format;
import io.teex.attestation.cbor.Cbor;
import io.teex.attestation.cbor.CborItem;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;

/**
 * Reads what Gramine and dstack put into certificates.
 *
 * @see <a href="https://gramine.readthedocs.io/en/stable/attestation.html">Gramine, RA-TLS</a>
 */
final class ForeignCertificate {
  static final String GRAMINE_LEGACY_OID = "0.6.9.42.840.113741.1337.6";
  static final String DSTACK_QUOTE_OID = "1.3.6.1.4.1.62397.1.1";
  static final String DSTACK_EVENT_LOG_OID = "1.3.6.1.4.1.62397.1.2";

  private static final long GRAMINE_TAG = 60_000;

  /** The name of SHA-256 in IANA's registry of named information. */
  private static final long SHA_256 = 1;

  private static final byte[] DSTACK_LABEL = "ratls-cert:".getBytes(StandardCharsets.US_ASCII);
  private static final int QUOTE_HEADER = 48;
  private static final int TEE_SGX = 0;
  private static final int TEE_TDX = 0x81;

  private final X509Certificate certificate;
  private final byte[] key;

  private ForeignCertificate(X509Certificate certificate) {
    this.certificate = certificate;
    byte[] encoded = certificate.getPublicKey().getEncoded();
    if (encoded == null) {
      throw refused("its key has no encoding");
    }
    this.key = encoded;
  }

  /**
   * @param found the extensions that may be evidence
   * @throws TeexException {@code ATTESTATION_REFUSED}
   */
  static Optional<ForeignEvidence> read(X509Certificate certificate, List<String> found) {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return new ForeignCertificate(certificate).read(Set.copyOf(found));
    } catch (IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED, "certificate: %s".formatted(e.getMessage()), e);
    }
  }

  private Optional<ForeignEvidence> read(Set<String> found) {
    if (found.equals(Set.of(RaTls.EVIDENCE_OID))) {
      Bytes content = content(RaTls.EVIDENCE_OID, RaTls.CERTIFICATE_SIZE_MAX);
      return Evidence.isTagged(content) ? Optional.empty() : Optional.of(gramine(content));
    }
    // Gramine may write both for the sake of older verifiers; the newer one says more.
    if (found.equals(Set.of(RaTls.EVIDENCE_OID, GRAMINE_LEGACY_OID))) {
      return Optional.of(gramine(content(RaTls.EVIDENCE_OID, RaTls.CERTIFICATE_SIZE_MAX)));
    }
    if (found.equals(Set.of(GRAMINE_LEGACY_OID))) {
      return Optional.of(gramineLegacy());
    }
    if (found.equals(Set.of(DSTACK_QUOTE_OID))) {
      return Optional.of(dstack());
    }
    throw refused("evidence in a form that is not known, or in several: %s".formatted(found));
  }

  /** {@code 60000([quote, claims])}; the quote vouches for the claims, and they for the key. */
  private ForeignEvidence gramine(Bytes content) {
    if (!(Cbor.decode(content) instanceof CborItem.Tagged(long tag, CborItem.Listing(var parts)))
        || tag != GRAMINE_TAG
        || parts.size() != 2
        || !(parts.get(0) instanceof CborItem.Octets(Bytes quote))
        || !(parts.get(1) instanceof CborItem.Octets(Bytes claims))) {
      throw refused("expected CBOR 60000([quote, claims])");
    }
    if (!(Cbor.decode(claims) instanceof CborItem.Mapping(var entries))) {
      throw refused("its claims are no CBOR map");
    }
    requireKey(entries);
    return new ForeignEvidence(
        Format.GRAMINE, quote(quote), padded(Sha256.hash(claims.copy()).copy()), Collateral.none());
  }

  private void requireKey(Map<CborItem, CborItem> claims) {
    if (!(claims.get(new CborItem.Text("pubkey-hash")) instanceof CborItem.Octets(Bytes claim))
        || !(Cbor.decode(claim) instanceof CborItem.Listing(var parts))
        || parts.size() != 2
        || !parts.get(0).equals(new CborItem.Whole(SHA_256))
        || !(parts.get(1) instanceof CborItem.Octets(Bytes hash))) {
      throw refused("expected the claim pubkey-hash: [1, SHA-256]");
    }
    if (!MessageDigest.isEqual(hash.copy(), Sha256.hash(key).copy())) {
      throw refused("its claims are about another key than its own");
    }
  }

  private ForeignEvidence gramineLegacy() {
    return new ForeignEvidence(
        Format.GRAMINE_LEGACY,
        quote(content(GRAMINE_LEGACY_OID, RaTls.CERTIFICATE_SIZE_MAX)),
        padded(Sha256.hash(key).copy()),
        Collateral.none());
  }

  /** Each in an octet string of its own, inside that of the extension. */
  private ForeignEvidence dstack() {
    MessageDigest digest = Digests.sha512();
    digest.update(DSTACK_LABEL);
    digest.update(key);
    Evidence quote =
        quote(octets(content(DSTACK_QUOTE_OID, RaTls.CERTIFICATE_SIZE_MAX), DSTACK_QUOTE_OID));
    Bytes eventLog =
        octets(
            content(DSTACK_EVENT_LOG_OID, 2 * Collateral.EVENT_LOG_SIZE_MAX), DSTACK_EVENT_LOG_OID);
    return new ForeignEvidence(
        Format.DSTACK,
        quote,
        new ReportData(Bytes.of(digest.digest())),
        new Collateral(Map.of(CollateralName.EVENT_LOG, eventLog)));
  }

  private static ReportData padded(byte[] hash) {
    return new ReportData(Bytes.of(Arrays.copyOf(hash, ReportData.SIZE)));
  }

  /** A quote of Intel's says itself which TEE it is of. */
  private static Evidence quote(Bytes quote) {
    if (quote.size() < QUOTE_HEADER) {
      throw refused("%d bytes are no quote".formatted(quote.size()));
    }
    ByteBuffer header = ByteBuffer.wrap(quote.copy()).order(ByteOrder.LITTLE_ENDIAN);
    int tee = header.getInt(4);
    return switch (tee) {
      case TEE_SGX -> new Evidence(TeeKind.SGX, quote);
      case TEE_TDX -> new Evidence(TeeKind.TDX, quote);
      default -> throw refused("a quote of the unknown TEE 0x%x".formatted(tee));
    };
  }

  private Bytes content(String oid, int max) {
    byte[] value = certificate.getExtensionValue(oid);
    if (value == null) {
      throw refused("extension %s is missing".formatted(oid));
    }
    if (value.length > max) {
      throw refused("extension %s has %d bytes, at most %d".formatted(oid, value.length, max));
    }
    return octets(Bytes.of(value), oid);
  }

  /** What is in an octet string of DER. */
  private static Bytes octets(Bytes der, String oid) {
    byte[] encoded = der.copy();
    try {
      byte[] octets = ASN1OctetString.getInstance(encoded).getOctets();
      if (Arrays.equals(new DEROctetString(octets).getEncoded(), encoded)) {
        return Bytes.of(octets);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("extension %s: %s".formatted(oid, e.getMessage()), e);
    }
    throw refused("extension %s is no octet string of DER".formatted(oid));
  }

  private static TeexException refused(String what) {
    return new TeexException(ErrorCode.ATTESTATION_REFUSED, "certificate: " + what);
  }
}
