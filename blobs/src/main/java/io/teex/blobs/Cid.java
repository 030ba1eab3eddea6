package io.teex.blobs;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeexException;
import java.util.Arrays;

/**
 * The content identifier of a blob: IPFS's CIDv1 with SHA-256. Its text is base32 in lower case, 59
 * characters, and the only text that {@link #parse} takes for it, so it is safe as a file name and
 * in a URL.
 *
 * @param codec what the hashed block holds
 * @param digest SHA-256 of the block: of the blob itself for {@link Codec#RAW}, of the root of its
 *     tree for {@link Codec#DAG_PB}
 * @see <a href="https://github.com/multiformats/cid">the CID specification</a>
 */
public record Cid(Codec codec, Bytes32 digest) {
  /** Length of the text form. */
  public static final int TEXT_LENGTH = 59;

  private static final int VERSION = 1;
  private static final int SHA2_256 = 0x12;
  private static final int HEADER_BYTES = 4;
  static final int ENCODED_BYTES = HEADER_BYTES + Bytes32.SIZE;

  /** How to read a block. */
  public enum Codec {
    /** The bytes themselves. */
    RAW(0x55),
    /** A node of a UnixFS file. */
    DAG_PB(0x70);

    private final int code;

    Codec(int code) {
      this.code = code;
    }

    private static Codec of(int code) {
      for (Codec codec : values()) {
        if (codec.code == code) {
          return codec;
        }
      }
      throw new TeexException(
          ErrorCode.MALFORMED, "CID of codec 0x%x, expected raw or dag-pb".formatted(code));
    }
  }

  /** The identifier under which every blob store keeps {@code content}. */
  public static Cid of(byte[] content) {
    return UnixFs.IPFS.write(content, (cid, bytes, from, to) -> {});
  }

  /**
   * @throws TeexException {@code MALFORMED} for anything but the canonical text of such a CID
   */
  public static Cid parse(String text) {
    if (text.length() != TEXT_LENGTH || text.charAt(0) != 'b') {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "expected a CIDv1 of %d characters in base32".formatted(TEXT_LENGTH));
    }
    return decode(Base32.decode(text.substring(1)));
  }

  /** Reads the binary form: version, codec, hash function, length, digest. */
  static Cid decode(byte[] encoded) {
    if (encoded.length != ENCODED_BYTES
        || encoded[0] != VERSION
        || encoded[2] != SHA2_256
        || encoded[3] != Bytes32.SIZE) {
      throw new TeexException(ErrorCode.MALFORMED, "expected a CIDv1 with a SHA-256 digest");
    }
    return new Cid(
        Codec.of(encoded[1]), Bytes32.of(Arrays.copyOfRange(encoded, HEADER_BYTES, ENCODED_BYTES)));
  }

  static Cid ofBlock(Codec codec, byte[] block) {
    return new Cid(codec, Sha256.hash(block));
  }

  byte[] encode() {
    byte[] encoded = new byte[ENCODED_BYTES];
    encoded[0] = VERSION;
    encoded[1] = (byte) codec.code;
    encoded[2] = SHA2_256;
    encoded[3] = Bytes32.SIZE;
    digest.value().copyTo(encoded, HEADER_BYTES);
    return encoded;
  }

  @Override
  public String toString() {
    return "b" + Base32.encode(encode());
  }
}
