package io.teex.attestation;

import io.teex.attestation.ForeignEvidence.Format;
import io.teex.attestation.cbor.Cbor;
import io.teex.attestation.cbor.CborItem;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.zip.GZIPInputStream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;

/**
 * Reads what Gramine, dstack and others put into certificates.
 *
 * @see <a href="https://gramine.readthedocs.io/en/stable/attestation.html">Gramine, RA-TLS</a>
 */
final class ForeignCertificate {
  static final String GRAMINE_LEGACY_OID = "0.6.9.42.840.113741.1337.6";
  static final String DSTACK_QUOTE_OID = "1.3.6.1.4.1.62397.1.1";
  static final String DSTACK_EVENT_LOG_OID = "1.3.6.1.4.1.62397.1.2";
  static final String DSTACK_ENVELOPE_OID = "1.3.6.1.4.1.62397.1.8";
  static final String CMW_OID = "1.3.6.1.5.5.7.1.35";

  private static final long GRAMINE_TAG = 60_000;

  /** The name of SHA-256 in IANA's registry of named information. */
  private static final long SHA_256 = 1;

  private static final byte[] DSTACK_LABEL = "ratls-cert:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DSTACK_PACKED = "ELGZv1".getBytes(StandardCharsets.US_ASCII);
  private static final int ENVELOPE_SIZE_MAX = Collateral.DOCUMENT_SIZE_MAX;
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
    } catch (TeexException e) {
      throw e.code() == ErrorCode.ATTESTATION_REFUSED
          ? e
          : new TeexException(
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
    if (found.equals(Set.of(DSTACK_ENVELOPE_OID))) {
      return Optional.of(dstackEnvelope());
    }
    if (found.equals(Set.of(CMW_OID))) {
      return Optional.of(conceptualMessage());
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
    return new ForeignEvidence(
        Format.GRAMINE,
        quote(quote),
        padded(Sha256.hash(aboutThisKey(claims, keyHash(entries(claims)))).copy()),
        Collateral.none());
  }

  /** The key that the claims are about. */
  private static byte[] keyHash(Map<CborItem, CborItem> claims) {
    if (!(claims.get(new CborItem.Text("pubkey-hash")) instanceof CborItem.Octets(Bytes claim))
        || !(Cbor.decode(claim) instanceof CborItem.Listing(var parts))
        || parts.size() != 2
        || !parts.get(0).equals(new CborItem.Whole(SHA_256))
        || !(parts.get(1) instanceof CborItem.Octets(Bytes hash))
        || hash.size() != Bytes32.SIZE) {
      throw refused("expected the claim pubkey-hash: [1, SHA-256]");
    }
    return hash.copy();
  }

  /** The claims as they have to be for the quote to be about the certificate's own key. */
  private byte[] aboutThisKey(Bytes claims, byte[] claimed) {
    byte[] own = Sha256.hash(key).copy();
    byte[] changed = claims.copy();
    for (int at = 0; at + claimed.length <= changed.length; at++) {
      if (Arrays.equals(changed, at, at + claimed.length, claimed, 0, claimed.length)) {
        System.arraycopy(own, 0, changed, at, own.length);
        break;
      }
    }
    // The same bytes may stand elsewhere in the claims, and not only where they name the key.
    if (!Arrays.equals(keyHash(entries(Bytes.of(changed))), own)) {
      throw refused("its claims are about another key than its own");
    }
    return changed;
  }

  private static Map<CborItem, CborItem> entries(Bytes claims) {
    if (Cbor.decode(claims) instanceof CborItem.Mapping(var entries)) {
      return entries;
    }
    throw refused("its claims are no CBOR map");
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
    Evidence quote =
        quote(octets(content(DSTACK_QUOTE_OID, RaTls.CERTIFICATE_SIZE_MAX), DSTACK_QUOTE_OID));
    Bytes eventLog =
        unpacked(
            octets(
                content(DSTACK_EVENT_LOG_OID, 2 * Collateral.EVENT_LOG_SIZE_MAX),
                DSTACK_EVENT_LOG_OID));
    return new ForeignEvidence(
        Format.DSTACK,
        quote,
        dstackBound(),
        new Collateral(Map.of(CollateralName.EVENT_LOG, eventLog)));
  }

  /** A log may be packed: {@code "ELGZv1"} and gzip. */
  private static Bytes unpacked(Bytes log) {
    byte[] bytes = log.copy();
    int start = DSTACK_PACKED.length;
    if (bytes.length < start || !Arrays.equals(DSTACK_PACKED, 0, start, bytes, 0, start)) {
      return log;
    }
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(bytes, start, bytes.length - start))) {
      byte[] unpacked = in.readNBytes(Collateral.EVENT_LOG_SIZE_MAX + 1);
      if (unpacked.length > Collateral.EVENT_LOG_SIZE_MAX) {
        throw refused(
            "its event log has more than %d bytes when unpacked"
                .formatted(Collateral.EVENT_LOG_SIZE_MAX));
      }
      return Bytes.of(unpacked);
    } catch (IOException e) {
      throw new IllegalArgumentException("its event log cannot be unpacked", e);
    }
  }

  private ForeignEvidence dstackEnvelope() {
    DstackEnvelope envelope =
        DstackEnvelope.read(
            octets(content(DSTACK_ENVELOPE_OID, ENVELOPE_SIZE_MAX), DSTACK_ENVELOPE_OID));
    return new ForeignEvidence(
        Format.DSTACK_ENVELOPE, envelope.evidence(), dstackBound(), envelope.alongside());
  }

  private ReportData dstackBound() {
    MessageDigest digest = Digests.sha512();
    digest.update(DSTACK_LABEL);
    digest.update(key);
    return new ReportData(Bytes.of(digest.digest()));
  }

  /** The draft does not say what evidence has to vouch for; this is what RA-TLS began with. */
  private ForeignEvidence conceptualMessage() {
    Evidence evidence = ConceptualMessage.read(content(CMW_OID, ENVELOPE_SIZE_MAX));
    return new ForeignEvidence(
        Format.CMW, evidence, padded(Sha256.hash(key).copy()), Collateral.none());
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
