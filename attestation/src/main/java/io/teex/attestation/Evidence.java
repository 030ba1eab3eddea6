package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;

/**
 * A platform's statement about what it runs, in the platform's own format. Nothing about it is
 * known to be true before a {@link Verifier} accepted it.
 *
 * <p>Encoded as CBOR, in its one shortest form: tag {@value #TAG} around {@code [version, kind,
 * bytes]} with version 1 and kind the bit of {@link TeeKind}. The TCG DICE extension of a
 * certificate and the first messages of a channel carry this encoding.
 */
public record Evidence(TeeKind kind, Bytes bytes) {
  /** No quote, report or document of any supported platform is longer than this. */
  public static final int SIZE_MAX = 16 * 1024;

  /** {@code "TEEX"} in ASCII, of CBOR's first-come range of tags. */
  static final int TAG = 0x54454558;

  private static final int VERSION = 1;
  private static final int ENCODED_OVERHEAD_MAX = 16;

  /** The longest encoding that {@link #decode} looks at. */
  public static final int ENCODED_SIZE_MAX = SIZE_MAX + ENCODED_OVERHEAD_MAX;

  public Evidence {
    if (bytes.size() > SIZE_MAX) {
      throw new IllegalArgumentException(
          "%d bytes of evidence, at most %d".formatted(bytes.size(), SIZE_MAX));
    }
  }

  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(ENCODED_OVERHEAD_MAX + bytes.size());
    out.put((byte) 0xda).putInt(TAG).put((byte) 0x83).put((byte) VERSION);
    out.put((byte) kind.bit());
    if (bytes.size() < 24) {
      out.put((byte) (0x40 | bytes.size()));
    } else if (bytes.size() < 0x100) {
      out.put((byte) 0x58).put((byte) bytes.size());
    } else {
      out.put((byte) 0x59).putShort((short) bytes.size());
    }
    out.put(bytes.copy());
    byte[] encoded = new byte[out.position()];
    out.flip().get(encoded);
    return encoded;
  }

  /**
   * Reads what {@link #encode} wrote, and nothing else.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static Evidence decode(byte[] encoded) {
    if (encoded.length > ENCODED_SIZE_MAX) {
      throw malformed("%d bytes, at most %d".formatted(encoded.length, ENCODED_SIZE_MAX));
    }
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (in.remaining() < 9 || in.get() != (byte) 0xda || in.getInt() != TAG) {
      throw malformed("no TEEX evidence tag");
    }
    if (in.get() != (byte) 0x83 || in.get() != VERSION) {
      throw malformed("unknown version");
    }
    TeeKind kind = kind(in.get());
    int size = size(in);
    if (size != in.remaining()) {
      throw malformed("%d bytes announced, %d there".formatted(size, in.remaining()));
    }
    byte[] bytes = new byte[size];
    in.get(bytes);
    return new Evidence(kind, Bytes.of(bytes));
  }

  /** Whether these bytes begin as what {@link #encode} writes does. */
  static boolean isTagged(Bytes encoded) {
    return encoded.size() >= 5
        && encoded.at(0) == (byte) 0xda
        && ByteBuffer.wrap(encoded.copy()).getInt(1) == TAG;
  }

  private static TeeKind kind(byte bit) {
    for (TeeKind kind : TeeKind.values()) {
      if (kind.bit() == bit) {
        return kind;
      }
    }
    throw malformed("unknown kind %d".formatted(bit));
  }

  private static int size(ByteBuffer in) {
    int head = in.get() & 0xff;
    if (head >= 0x40 && head < 0x58) {
      return head - 0x40;
    }
    if (head == 0x58 && in.remaining() >= 1) {
      int size = in.get() & 0xff;
      if (size >= 24) {
        return size;
      }
    } else if (head == 0x59 && in.remaining() >= 2) {
      int size = in.getShort() & 0xffff;
      if (size >= 0x100 && size <= SIZE_MAX) {
        return size;
      }
    }
    throw malformed("no byte string in its shortest form");
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "evidence: " + what);
  }

  @Override
  public String toString() {
    return "Evidence[%s, %d bytes]".formatted(kind, bytes.size());
  }
}
