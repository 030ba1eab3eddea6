package io.teex.teeds;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction on its way through the log. Its encoding is what the log holds, so it never changes
 * its meaning.
 *
 * @param digest of the encoded transaction: tells a repetition from another request; zero if there
 *     is no request id
 */
record Command(RequestId id, Transaction transaction, Bytes32 digest) {
  private static final int AT_REVISION = 1;
  private static final int HAS_VALUE = 2;
  private static final int PUT = 1;
  private static final int DELETE = 2;

  /** A command and the bytes that it is written as. */
  static final class Encoded {
    private final Command command;
    private final byte[] bytes;

    private Encoded(Command command, byte[] bytes) {
      this.command = command;
      this.bytes = bytes;
    }

    Command command() {
      return command;
    }

    /** Shared, not to be changed. */
    byte[] bytes() {
      return bytes;
    }
  }

  static Encoded encode(RequestId id, Transaction transaction) {
    ByteWriter out = new ByteWriter(256);
    out.raw(id.value());
    out.u32(transaction.comparisons().size());
    for (Comparison comparison : transaction.comparisons()) {
      switch (comparison) {
        case Comparison.AtRevision(var key, var revision) ->
            out.u8(AT_REVISION).sized(key).u64(revision);
        case Comparison.HasValue(var key, var value) -> out.u8(HAS_VALUE).sized(key).sized(value);
      }
    }
    writeChanges(out, transaction.then());
    writeChanges(out, transaction.otherwise());
    byte[] bytes = out.toArray();
    return new Encoded(new Command(id, transaction, digest(id, bytes)), bytes);
  }

  private static void writeChanges(ByteWriter out, List<Change> changes) {
    out.u32(changes.size());
    for (Change change : changes) {
      switch (change) {
        case Change.Put(var key, var value) -> out.u8(PUT).sized(key).sized(value);
        case Change.Delete(var key) -> out.u8(DELETE).sized(key);
      }
    }
  }

  static Command decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    RequestId id = new RequestId(in.bytes(RequestId.SIZE));
    List<Comparison> comparisons = new ArrayList<>();
    for (int count = in.u32(); count > 0; count--) {
      int kind = in.u8();
      comparisons.add(
          switch (kind) {
            case AT_REVISION -> new Comparison.AtRevision(in.sized(), in.u64());
            case HAS_VALUE -> new Comparison.HasValue(in.sized(), in.sized());
            default -> throw ByteReader.malformed("comparison of kind " + kind);
          });
    }
    Transaction transaction = new Transaction(comparisons, readChanges(in), readChanges(in));
    if (!in.atEnd()) {
      throw ByteReader.malformed("bytes after a command");
    }
    return new Command(id, transaction, digest(id, bytes));
  }

  private static List<Change> readChanges(ByteReader in) {
    List<Change> changes = new ArrayList<>();
    for (int count = in.u32(); count > 0; count--) {
      int kind = in.u8();
      changes.add(
          switch (kind) {
            case PUT -> Change.put(in.sized(), in.sized());
            case DELETE -> Change.delete(in.sized());
            default -> throw ByteReader.malformed("change of kind " + kind);
          });
    }
    return changes;
  }

  private static Bytes32 digest(RequestId id, byte[] bytes) {
    return id.equals(RequestId.NONE) ? Bytes32.ZERO : Sha256.hash(bytes);
  }
}
