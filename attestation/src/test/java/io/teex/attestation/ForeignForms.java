package io.teex.attestation;

import io.teex.protocol.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;

/** What others than TEEX put into certificates, as they write it. */
final class ForeignForms {
  static final String TSM_JSON = "application/vnd.veraison.tsm-report+json";
  static final String TSM_CBOR = "application/vnd.veraison.tsm-report+cbor";

  private ForeignForms() {}

  static byte[] spki(KeyPair key) {
    return key.getPublic().getEncoded();
  }

  /** Gramine's claims about a key. */
  static byte[] claims(KeyPair key) {
    byte[] hash = octets(Sha256.hash(spki(key)).copy());
    return join(0xa1, text("pubkey-hash"), octets(join(0x82, new byte[] {1}, hash)));
  }

  static byte[] dice(byte[] quote, byte[] claims) {
    return join(0xd9, new byte[] {(byte) 0xea, 0x60, (byte) 0x82}, octets(quote), octets(claims));
  }

  /** dstack's envelope of version 1, bytes as lists of numbers, as dstack writes them. */
  static byte[] envelope(String kind, String member, byte[] evidence) {
    return join(
        0x83,
        packed("version"),
        new byte[] {1},
        packed("platform"),
        new byte[] {(byte) 0x82},
        packed("kind"),
        packed(kind),
        packed("data"),
        new byte[] {(byte) 0x82},
        packed(member),
        numbers(evidence),
        packed("event_log"),
        new byte[] {(byte) 0x91, (byte) 0x81},
        packed("imr"),
        new byte[] {3},
        packed("stack"),
        new byte[] {(byte) 0xc0});
  }

  /** The same of an SNP guest. */
  static byte[] snpEnvelope(byte[] report, byte[] vek) {
    return join(
        0x82,
        packed("version"),
        new byte[] {1},
        packed("platform"),
        new byte[] {(byte) 0x82},
        packed("kind"),
        packed("sev-snp"),
        packed("data"),
        new byte[] {(byte) 0x83},
        packed("report"),
        numbers(report),
        packed("cert_chain"),
        new byte[] {(byte) 0x91},
        numbers(vek),
        packed("mr_config"),
        packed(""));
  }

  /** Version 0, with something of the stack behind the evidence. */
  static byte[] oldEnvelope(int kind, byte[] evidence) {
    int length = (evidence.length << 2) | 1;
    return join(
        0, new byte[] {(byte) kind, (byte) length, (byte) (length >> 8)}, evidence, new byte[9]);
  }

  /** As dstack packs event logs. */
  static byte[] gzipped(byte[] log) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("ELGZv1".getBytes(StandardCharsets.US_ASCII));
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(log);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** A record of a conceptual message, as JSON. */
  static String record(String type, String provider, byte[] outblob) {
    String report = "{\"provider\":\"%s\",\"outblob\":\"%s\"}".formatted(provider, base64(outblob));
    return "[\"%s\",\"%s\"]".formatted(type, base64(report.getBytes(StandardCharsets.UTF_8)));
  }

  /** The same as CBOR, with an indicator. */
  static byte[] recordCbor(String type, String provider, byte[] outblob, int indicator) {
    byte[] report =
        join(
            0xa2,
            text("provider"),
            octets(provider.getBytes(StandardCharsets.UTF_8)),
            text("outblob"),
            octets(outblob));
    return join(0x83, text(type), octets(report), new byte[] {(byte) indicator});
  }

  static byte[] json(String message) {
    return der(new DERUTF8String(message));
  }

  /** Also how dstack wraps every content once more. */
  static byte[] cbor(byte[] message) {
    return der(new DEROctetString(message));
  }

  private static byte[] der(org.bouncycastle.asn1.ASN1Object choice) {
    try {
      return choice.getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A CBOR text. */
  static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return utf8.length < 24
        ? join(0x60 | utf8.length, utf8)
        : join(0x78, new byte[] {(byte) utf8.length}, utf8);
  }

  /** A CBOR byte string. */
  static byte[] octets(byte[] bytes) {
    byte[] size = ByteBuffer.allocate(2).putShort((short) bytes.length).array();
    return join(0x59, size, bytes);
  }

  /** A text of MessagePack. */
  private static byte[] packed(String text) {
    return join(0xa0 | text.length(), text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] numbers(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xdc);
    out.write(bytes.length >> 8);
    out.write(bytes.length);
    for (byte value : bytes) {
      if (value < 0) {
        out.write(0xcc);
      }
      out.write(value);
    }
    return out.toByteArray();
  }

  static byte[] join(int first, byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
