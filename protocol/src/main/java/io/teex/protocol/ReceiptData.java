package io.teex.protocol;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
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
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
      deflater.setInput(TypedData.encodeList(Entry.class, entries));
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[ENTRY_BYTES_MAX];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return Bytes.of(out.toByteArray());
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
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[ENTRY_BYTES_MAX];
      while (!inflater.finished()) {
        int size = inflater.inflate(buffer);
        if (size == 0 && !inflater.finished()) {
          throw malformed("%d bytes that do not end a stream".formatted(encoded.size()));
        }
        out.write(buffer, 0, size);
        if (out.size() > sizeMax) {
          throw malformed("more than %d bytes when inflated".formatted(sizeMax));
        }
      }
      if (inflater.getRemaining() != 0) {
        throw malformed("%d bytes after the end".formatted(inflater.getRemaining()));
      }
      return out.toByteArray();
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
