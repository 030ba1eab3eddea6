package io.teex.attestation;

import io.teex.attestation.cbor.Cbor;
import io.teex.attestation.cbor.CborItem;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;

/**
 * A conceptual message wrapper of IETF RATS in a certificate: {@code CHOICE {json UTF8String, cbor
 * OCTET STRING}} of a record {@code [type, value, indicator]}, of a collection of such by their
 * labels, or (CBOR) of a value tagged by its content format. Exactly one record in it has to be
 * evidence of a type that is known here: a report of Linux's configfs-tsm.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-rats-msg-wrap/">RATS Conceptual
 *     Messages Wrapper</a>
 * @see <a href="https://github.com/veraison/ratsd/blob/main/docs/tsm-report.cddl">the report</a>
 */
final class ConceptualMessage {
  private static final String REPORT_JSON = "application/vnd.veraison.tsm-report+json";
  private static final String REPORT_CBOR = "application/vnd.veraison.tsm-report+cbor";

  /** What says of which type a collection is; no message. */
  private static final String COLLECTION_TYPE = "__cmwc_t";

  private static final String WHAT = "conceptual message";
  private static final int RECORDS_MAX = 64;
  private static final int DEPTH_MAX = 4;
  private static final int EVIDENCE_BIT = 4;
  private static final long INDICATOR_MAX = 0xffff_ffffL;

  /** The CBOR tags of content formats (RFC 9277, appendix B). */
  private static final long TAG_MIN = 1_668_546_817L;

  private static final long TAG_MAX = 1_668_612_095L;

  /** One message and what it says it is. */
  private record Message(String type, Bytes value, boolean isEvidence) {}

  private final List<Message> messages = new ArrayList<>();

  private ConceptualMessage() {}

  /**
   * @param der the content of the extension
   * @throws IllegalArgumentException if it is no wrapper, or has no evidence of a known type, or
   *     more than one
   * @throws io.teex.protocol.TeexException {@code MALFORMED} if its JSON is wrong
   */
  static Evidence read(Bytes der) {
    ConceptualMessage wrapper = new ConceptualMessage();
    switch (choice(der)) {
      case ASN1UTF8String json -> wrapper.json(Json.value(json.getString(), WHAT), 0);
      case ASN1OctetString cbor -> wrapper.cbor(Cbor.decode(Bytes.of(cbor.getOctets())), 0);
      default -> throw new IllegalArgumentException("expected a UTF8String or an OCTET STRING");
    }
    List<Message> evidence = wrapper.messages.stream().filter(Message::isEvidence).toList();
    if (evidence.size() != 1) {
      throw new IllegalArgumentException(
          "expected one message that is evidence, found %d".formatted(evidence.size()));
    }
    return evidence(evidence.getFirst());
  }

  private static ASN1Primitive choice(Bytes der) {
    try {
      ASN1Primitive choice = ASN1Primitive.fromByteArray(der.copy());
      if (choice != null && Bytes.of(choice.getEncoded(ASN1Encoding.DER)).equals(der)) {
        return choice;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("no DER", e);
    }
    throw new IllegalArgumentException("no DER");
  }

  private void json(Object item, int depth) {
    requireDepth(depth);
    switch (item) {
      case List<?> record -> add(record);
      case Map<?, ?> collection ->
          collection.forEach((label, inner) -> {
            if (!label.equals(COLLECTION_TYPE)) {
              json(inner, depth + 1);
            }
          });
      default -> throw new IllegalArgumentException("neither a record nor a collection");
    }
  }

  private void add(List<?> record) {
    if (record.size() < 2
        || record.size() > 3
        || !(record.get(0) instanceof String type)
        || !(record.get(1) instanceof String value)
        || (record.size() == 3 && !(record.get(2) instanceof Long))) {
      throw new IllegalArgumentException("a record that is not [media type, value, indicator]");
    }
    add(type, base64(value), record.size() == 3 ? Optional.of(record.get(2)) : Optional.empty());
  }

  private void cbor(CborItem item, int depth) {
    requireDepth(depth);
    switch (item) {
      case CborItem.Listing(List<CborItem> record) -> addCbor(record);
      case CborItem.Mapping(Map<CborItem, CborItem> collection) ->
          collection.forEach((label, inner) -> {
            if (!label.equals(new CborItem.Text(COLLECTION_TYPE))) {
              cbor(inner, depth + 1);
            }
          });
      case CborItem.Tagged(long tag, CborItem.Octets value) when tag >= TAG_MIN && tag <= TAG_MAX ->
          add("the content format of CBOR tag " + tag, value.value(), Optional.empty());
      default ->
          throw new IllegalArgumentException("neither a record, a collection nor a tagged value");
    }
  }

  private void addCbor(List<CborItem> record) {
    if (record.size() < 2
        || record.size() > 3
        || !(record.get(1) instanceof CborItem.Octets(Bytes value))
        || (record.size() == 3 && !(record.get(2) instanceof CborItem.Whole))) {
      throw new IllegalArgumentException("a record that is not [type, value, indicator]");
    }
    String type =
        switch (record.getFirst()) {
          case CborItem.Text(String media) -> media;
          case CborItem.Whole(long format) -> "content format " + format;
          default -> throw new IllegalArgumentException("a record without a type");
        };
    Optional<Object> indicator =
        record.size() == 3 && record.get(2) instanceof CborItem.Whole(long bits)
            ? Optional.of(bits)
            : Optional.empty();
    add(type, value, indicator);
  }

  /** Without an indicator the type alone says what it is, and evidence is what is looked for. */
  private void add(String type, Bytes value, Optional<Object> indicator) {
    if (messages.size() == RECORDS_MAX) {
      throw new IllegalArgumentException("more than %d messages".formatted(RECORDS_MAX));
    }
    boolean isEvidence = true;
    if (indicator.isPresent()) {
      long bits = (Long) indicator.get();
      if (bits < 1 || bits > INDICATOR_MAX) {
        throw new IllegalArgumentException("an indicator of " + bits);
      }
      isEvidence = (bits & EVIDENCE_BIT) != 0;
    }
    messages.add(new Message(type, value, isEvidence));
  }

  private static void requireDepth(int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("collections nested deeper than " + DEPTH_MAX);
    }
  }

  private static Evidence evidence(Message message) {
    return switch (message.type()) {
      case REPORT_JSON -> {
        JsonObject report =
            Json.parse(
                new String(message.value().copy(), StandardCharsets.UTF_8),
                WHAT,
                ErrorCode.MALFORMED);
        yield report(report.text("provider"), base64(report.text("outblob")));
      }
      case REPORT_CBOR -> {
        if (!(Cbor.decode(message.value()) instanceof CborItem.Mapping(var report))) {
          throw new IllegalArgumentException("a report that is no map");
        }
        yield report(
            new String(octets(report, "provider").copy(), StandardCharsets.UTF_8),
            octets(report, "outblob"));
      }
      default ->
          throw new IllegalArgumentException(
              "a message of the type %s: known are %s and %s"
                  .formatted(shown(message.type()), REPORT_JSON, REPORT_CBOR));
    };
  }

  private static Evidence report(String provider, Bytes outblob) {
    return switch (provider.strip()) {
      case "tdx_guest" -> new Evidence(TeeKind.TDX, outblob);
      case "sev_guest" -> new Evidence(TeeKind.SNP, outblob);
      default ->
          throw new IllegalArgumentException(
              "a report of the provider %s: known are tdx_guest and sev_guest"
                  .formatted(shown(provider)));
    };
  }

  private static Bytes octets(Map<CborItem, CborItem> report, String key) {
    if (report.get(new CborItem.Text(key)) instanceof CborItem.Octets(Bytes value)) {
      return value;
    }
    throw new IllegalArgumentException("a report without " + key);
  }

  /** For URLs and without padding. */
  private static Bytes base64(String text) {
    try {
      return Bytes.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a value that is not Base64 for URLs", e);
    }
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
