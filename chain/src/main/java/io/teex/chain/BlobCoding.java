package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes as the blobs of one transaction. A blob is 4096 numbers below a prime of 255 bits, so of
 * each 32 bytes the first is zero and 31 are ours. They hold a length of four bytes, then the data,
 * then zeros, from one blob to the next without a gap.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-4844">EIP-4844</a>
 */
public final class BlobCoding {
  /** What a transaction may carry since EIP-7594. */
  public static final int BLOBS_MAX = 6;

  static final int BLOB_BYTES = 4096 * 32;
  private static final int ELEMENT_BYTES = 32;
  private static final int USED_BYTES = 31;
  private static final int BLOB_DATA_BYTES = BLOB_BYTES / ELEMENT_BYTES * USED_BYTES;

  /** What fits the blobs of one transaction. */
  public static final int DATA_BYTES_MAX = BLOBS_MAX * BLOB_DATA_BYTES - Integer.BYTES;

  private BlobCoding() {}

  /** How many blobs so many bytes take. */
  public static int count(int bytes) {
    return Math.ceilDiv(bytes + Integer.BYTES, BLOB_DATA_BYTES);
  }

  /**
   * @throws TeexException {@code USAGE} if it takes more blobs than a transaction may have
   */
  public static List<Bytes> split(Bytes data) {
    if (data.size() > DATA_BYTES_MAX) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%,d bytes take %d blobs, a transaction has at most %d: post less at once"
              .formatted(data.size(), count(data.size()), BLOBS_MAX));
    }
    ByteBuffer rest =
        ByteBuffer.allocate(Integer.BYTES + data.size())
            .putInt(data.size())
            .put(data.copy())
            .flip();
    List<Bytes> blobs = new ArrayList<>();
    while (rest.hasRemaining()) {
      byte[] blob = new byte[BLOB_BYTES];
      for (int at = 1; at < blob.length && rest.hasRemaining(); at += ELEMENT_BYTES) {
        rest.get(blob, at, Math.min(USED_BYTES, rest.remaining()));
      }
      blobs.add(Bytes.of(blob));
    }
    return blobs;
  }

  /**
   * Reads what {@link #split} wrote.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static Bytes join(List<Bytes> blobs) {
    ByteBuffer all = ByteBuffer.allocate(blobs.size() * BLOB_DATA_BYTES);
    for (Bytes blob : blobs) {
      if (blob.size() != BLOB_BYTES) {
        throw malformed("one of %,d bytes, a blob has %,d".formatted(blob.size(), BLOB_BYTES));
      }
      byte[] content = blob.copy();
      for (int at = 0; at < content.length; at += ELEMENT_BYTES) {
        if (content[at] != 0) {
          throw malformed("no data at byte %,d".formatted(at));
        }
        all.put(content, at + 1, USED_BYTES);
      }
    }
    all.flip();
    int size = all.remaining() < Integer.BYTES ? -1 : all.getInt();
    if (size < 0 || size > all.remaining() || count(size) != blobs.size()) {
      throw malformed("a length of %,d in %d blobs".formatted(size, blobs.size()));
    }
    byte[] data = new byte[size];
    all.get(data);
    while (all.hasRemaining()) {
      if (all.get() != 0) {
        throw malformed("bytes after the end");
      }
    }
    return Bytes.of(data);
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "blobs: " + what);
  }
}
