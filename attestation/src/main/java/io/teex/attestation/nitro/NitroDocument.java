package io.teex.attestation.nitro;

import io.teex.attestation.Digests;
import io.teex.attestation.Ecdsa;
import io.teex.attestation.cbor.Cbor;
import io.teex.attestation.cbor.CborItem;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attestation document of a Nitro enclave: COSE_Sign1 by ES384, tagged or not, around a CBOR
 * map. Members that are not known are left alone.
 *
 * @param payload what is signed, as it came
 * @param signature r ‖ s, 96 bytes
 * @param timestampMillis when the hypervisor made it, since the epoch
 * @param pcrs 48 bytes each, by their numbers; 0 to 2 are always there
 * @param certificate of the enclave's key, in DER
 * @param authorities from the root down to the issuer of the certificate, in DER
 * @see <a href="https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html">Verifying the
 *     root of trust</a>
 */
record NitroDocument(
    Bytes payload,
    Bytes signature,
    String moduleId,
    long timestampMillis,
    SortedMap<Integer, Bytes> pcrs,
    Bytes certificate,
    List<Bytes> authorities,
    Bytes publicKey,
    Bytes userData,
    Bytes nonce) {
  static final String DIGEST = "SHA384";

  /** {@code {1: -35}}: the algorithm is ES384. */
  private static final Bytes PROTECTED_HEADER = Bytes.fromHex("a1013822");

  private static final int COSE_SIGN1 = 18;
  private static final int PCR_MAX = 31;
  private static final int PCRS_OF_IMAGE = 3;
  private static final int MODULE_ID_SIZE_MAX = 256;
  private static final int CERTIFICATE_SIZE_MAX = 1024;
  private static final int AUTHORITIES_MAX = 8;
  private static final int PUBLIC_KEY_SIZE_MAX = 1024;
  private static final int USER_DATA_SIZE_MAX = 512;

  /**
   * @throws IllegalArgumentException if it is no such document
   */
  static NitroDocument parse(Bytes evidence) {
    List<CborItem> parts = parts(Cbor.decode(evidence));
    Bytes payload = octets(parts.get(2), "payload", Integer.MAX_VALUE);
    Bytes signature = octets(parts.get(3), "signature", 2 * Ecdsa.P384_SHA384.size());
    if (signature.size() != 2 * Ecdsa.P384_SHA384.size()) {
      throw malformed("signature");
    }
    if (!(Cbor.decode(payload) instanceof CborItem.Mapping document)) {
      throw malformed("payload");
    }
    if (!text(document, "digest").equals(DIGEST)) {
      throw malformed("digest");
    }
    return new NitroDocument(
        payload,
        signature,
        text(document, "module_id"),
        timestamp(document),
        pcrs(document),
        required(document, "certificate", CERTIFICATE_SIZE_MAX),
        authorities(document),
        optional(document, "public_key", PUBLIC_KEY_SIZE_MAX),
        optional(document, "user_data", USER_DATA_SIZE_MAX),
        optional(document, "nonce", USER_DATA_SIZE_MAX));
  }

  private static List<CborItem> parts(CborItem item) {
    CborItem content =
        item instanceof CborItem.Tagged tagged && tagged.tag() == COSE_SIGN1 ? tagged.item() : item;
    if (!(content instanceof CborItem.Listing(List<CborItem> parts)) || parts.size() != 4) {
      throw malformed("COSE_Sign1");
    }
    if (!parts.get(0).equals(new CborItem.Octets(PROTECTED_HEADER))
        || !parts.get(1).equals(new CborItem.Mapping(Map.of()))) {
      throw malformed("header, which names ES384 and nothing else,");
    }
    return parts;
  }

  private static long timestamp(CborItem.Mapping document) {
    if (find(document, "timestamp") instanceof CborItem.Whole(long millis) && millis > 0) {
      return millis;
    }
    throw malformed("timestamp");
  }

  private static SortedMap<Integer, Bytes> pcrs(CborItem.Mapping document) {
    if (!(find(document, "pcrs") instanceof CborItem.Mapping(Map<CborItem, CborItem> entries))) {
      throw malformed("pcrs");
    }
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    entries.forEach((key, item) -> {
      Bytes value = octets(item, "pcrs", Digests.SHA384_SIZE);
      boolean fits =
          key instanceof CborItem.Whole(long index)
              && index >= 0
              && index <= PCR_MAX
              && value.size() == Digests.SHA384_SIZE;
      if (!fits) {
        throw malformed("pcrs");
      }
      pcrs.put((int) ((CborItem.Whole) key).value(), value);
    });
    for (int i = 0; i < PCRS_OF_IMAGE; i++) {
      if (!pcrs.containsKey(i)) {
        throw malformed("pcrs");
      }
    }
    return Collections.unmodifiableSortedMap(pcrs);
  }

  private static List<Bytes> authorities(CborItem.Mapping document) {
    if (!(find(document, "cabundle") instanceof CborItem.Listing(List<CborItem> items))
        || items.isEmpty()
        || items.size() > AUTHORITIES_MAX) {
      throw malformed("cabundle");
    }
    List<Bytes> authorities = new ArrayList<>();
    for (CborItem item : items) {
      authorities.add(octets(item, "cabundle", CERTIFICATE_SIZE_MAX));
    }
    return List.copyOf(authorities);
  }

  private static String text(CborItem.Mapping document, String name) {
    if (find(document, name) instanceof CborItem.Text(String text)
        && !text.isEmpty()
        && text.length() <= MODULE_ID_SIZE_MAX) {
      return text;
    }
    throw malformed(name);
  }

  private static Bytes required(CborItem.Mapping document, String name, int sizeMax) {
    Bytes value = optional(document, name, sizeMax);
    if (value.isEmpty()) {
      throw malformed(name);
    }
    return value;
  }

  private static Bytes optional(CborItem.Mapping document, String name, int sizeMax) {
    CborItem item = find(document, name);
    return item == null || item.equals(CborItem.Simple.NULL)
        ? Bytes.EMPTY
        : octets(item, name, sizeMax);
  }

  private static Bytes octets(CborItem item, String name, int sizeMax) {
    if (item instanceof CborItem.Octets(Bytes value) && value.size() <= sizeMax) {
      return value;
    }
    throw malformed(name);
  }

  private static @Nullable CborItem find(CborItem.Mapping document, String name) {
    return document.entries().get(new CborItem.Text(name));
  }

  private static IllegalArgumentException malformed(String part) {
    return new IllegalArgumentException("the %s is missing or of another form".formatted(part));
  }

  /** COSE's Sig_structure: {@code ["Signature1", protected header, h'', payload]}. */
  byte[] signed() {
    byte[] context = "Signature1".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(context.length + PROTECTED_HEADER.size() + payload.size() + 9);
    out.put((byte) 0x84).put((byte) (0x60 | context.length)).put(context);
    out.put((byte) (0x40 | PROTECTED_HEADER.size())).put(PROTECTED_HEADER.copy());
    out.put((byte) 0x40);
    if (payload.size() < 24) {
      out.put((byte) (0x40 | payload.size()));
    } else if (payload.size() < 0x100) {
      out.put((byte) 0x58).put((byte) payload.size());
    } else {
      out.put((byte) 0x59).putShort((short) payload.size());
    }
    out.put(payload.copy());
    byte[] signed = new byte[out.position()];
    out.flip().get(signed);
    return signed;
  }

  /** PCR0 to PCR2: the image, its kernel, its application. */
  List<Bytes> imagePcrs() {
    return List.copyOf(pcrs.headMap(PCRS_OF_IMAGE).values());
  }
}
