package io.teex.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Everything public that a batch settled, to be posted beside it: who relies on nobody rebuilds the
 * batch's tree from it and compares the root.
 *
 * <p>On the wire it is {@code abi.encode(Entry[])}, compressed as RFC 1950 (zlib) has it: what many
 * receipts share is written once, and any language reads it. Different bytes may mean the same; the
 * root decides.
 */
public record ReceiptData(List<Entry> entries) {
  /** A receipt with sixteen data sets has less than half of this. */
  private static final int ENTRY_BYTES_MAX = 8_192;

  /**
   * One leaf of the tree with its receipt in full.
   *
   * @param receipt one; none for a void
   */
  public record Entry(
      Address payer, int lane, long sequence, ReceiptLeaf.Kind kind, List<Receipt> receipt) {
    public Entry {
      Require.uint32("lane", lane);
      Require.uint64("sequence", sequence);
      receipt = List.copyOf(receipt);
      if (receipt.size() != (kind == ReceiptLeaf.Kind.VOID ? 0 : 1)) {
        throw new IllegalArgumentException(
            "a leaf of kind %s with %d receipts".formatted(kind, receipt.size()));
      }
    }

    /** The leaf that stands for it in the tree. */
    public ReceiptLeaf leaf(Domain domain) {
      return receipt.stream()
          .findFirst()
          .map(
              it -> new ReceiptLeaf(payer, lane, sequence, kind, it.hash(domain), it.fee().total()))
          .orElse(new ReceiptLeaf(payer, lane, sequence, kind, Bytes32.ZERO, Amount.ZERO));
    }
  }

  public ReceiptData {
    entries = List.copyOf(entries);
  }

  public Bytes encode() {
    byte[] plain = TypedData.encodeList(Entry.class, entries);
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
      deflater.setInput(plain);
      deflater.finish();
      // What cannot be compressed grows by five bytes in sixteen thousand.
      byte[] packed = new byte[plain.length + plain.length / 1_000 + 64];
      int size = deflater.deflate(packed);
      if (!deflater.finished()) {
        throw new IllegalStateException("%d bytes grew when deflated".formatted(plain.length));
      }
      return Bytes.of(Arrays.copyOf(packed, size));
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param countMax how many leaves there are at most: the header's count
   * @throws TeexException {@code MALFORMED}
   */
  public static ReceiptData decode(Bytes encoded, int countMax) {
    byte[] plain = inflate(encoded, 64 + (long) countMax * ENTRY_BYTES_MAX);
    return new ReceiptData(TypedData.decodeList(Entry.class, plain));
  }

  private static byte[] inflate(Bytes encoded, long sizeMax) {
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(encoded.copy());
      byte[] plain = new byte[ENTRY_BYTES_MAX];
      int size = 0;
      while (!inflater.finished()) {
        if (size == plain.length) {
          plain = Arrays.copyOf(plain, Math.multiplyExact(2, size));
        }
        int read = inflater.inflate(plain, size, plain.length - size);
        if (read == 0 && !inflater.finished()) {
          throw malformed("%d bytes that do not end a stream".formatted(encoded.size()));
        }
        size += read;
        if (size > sizeMax) {
          throw malformed("more than %d bytes when inflated".formatted(sizeMax));
        }
      }
      if (inflater.getRemaining() != 0) {
        throw malformed("%d bytes after the end".formatted(inflater.getRemaining()));
      }
      return Arrays.copyOf(plain, size);
    } catch (DataFormatException e) {
      throw new TeexException(ErrorCode.MALFORMED, "receipt data: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that this is all that a batch settled, and nothing else.
   *
   * @throws TeexException {@code MALFORMED} if it is of another batch
   */
  public ReceiptData requireOf(BatchHeader header, Domain domain) {
    ReceiptTree tree = tree(domain);
    if (!tree.root().equals(header.receiptsRoot())
        || !tree.total().equals(header.total())
        || tree.count() != header.count()) {
      throw malformed(
          "%d tasks for %s under root %s, batch %d has %d for %s under %s"
              .formatted(
                  tree.count(),
                  tree.total(),
                  tree.root(),
                  header.number(),
                  header.count(),
                  header.total(),
                  header.receiptsRoot()));
    }
    return this;
  }

  private ReceiptTree tree(Domain domain) {
    List<ReceiptLeaf> leaves = new ArrayList<>();
    entries.forEach(entry -> leaves.add(entry.leaf(domain)));
    try {
      return ReceiptTree.of(leaves);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TeexException(
          ErrorCode.MALFORMED, "receipt data makes no tree: " + e.getMessage(), e);
    }
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "receipt data: " + what);
  }
}
