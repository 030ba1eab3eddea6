package io.teex.attestation.eventlog;

import io.teex.attestation.Digests;
import io.teex.protocol.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The binary log that the ACPI table CCEL points to: TCG records, the first in the form of TCG 1.2.
 *
 * @see <a href="https://uefi.org/specs/UEFI/2.11/38_Confidential_Computing.html">UEFI 2.11, 38</a>
 */
final class CcelLog {
  private static final byte[] SIGNATURE = "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);
  private static final int NO_ACTION = 3;
  private static final int END = -1;
  private static final int SHA1_SIZE = 20;
  private static final int SHA384 = 0x0c;
  private static final int DIGESTS_MAX = 8;
  private static final int REGISTER_MAX = 4;

  /** Sizes of the digests by the numbers of their algorithms. */
  private static final Map<Integer, Integer> DIGEST_SIZES =
      Map.of(0x04, SHA1_SIZE, 0x0b, 32, SHA384, Digests.SHA384_SIZE, 0x0d, 64, 0x12, 32);

  private CcelLog() {}

  /**
   * @throws IllegalArgumentException if it is no such log
   */
  static List<LoggedEvent> parse(Bytes log) {
    return parse(reader(log));
  }

  /**
   * What {@link #parse} looks at.
   *
   * @throws IllegalArgumentException if it is no such log
   */
  static Bytes records(Bytes log) {
    ByteBuffer in = reader(log);
    parse(in);
    return log.slice(0, in.position());
  }

  private static ByteBuffer reader(Bytes log) {
    return ByteBuffer.wrap(log.copy()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<LoggedEvent> parse(ByteBuffer in) {
    try {
      requireHeader(in);
      List<LoggedEvent> events = new ArrayList<>();
      while (!isAtEnd(in)) {
        if (events.size() >= EventLog.EVENTS_MAX) {
          throw new IllegalArgumentException("more than %d events".formatted(EventLog.EVENTS_MAX));
        }
        readEvent(in, events);
      }
      return events;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("cut off after %d bytes".formatted(in.limit()), e);
    }
  }

  private static void requireHeader(ByteBuffer in) {
    in.getInt();
    int type = in.getInt();
    take(in, SHA1_SIZE);
    byte[] data = take(in, in.getInt());
    boolean known =
        data.length > SIGNATURE.length
            && Arrays.equals(data, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    if (type != NO_ACTION || !known) {
      throw new IllegalArgumentException("neither a JSON list nor TCG records");
    }
  }

  /** The area may be larger than its records: what comes after them is nobody's. */
  private static boolean isAtEnd(ByteBuffer in) {
    if (!in.hasRemaining()) {
      return true;
    }
    ByteBuffer ahead = in.duplicate().order(in.order());
    int index = ahead.getInt();
    return index == END || (index == 0 && ahead.getInt() == 0);
  }

  private static void readEvent(ByteBuffer in, List<LoggedEvent> events) {
    int index = in.getInt();
    int type = in.getInt();
    Bytes digest = digest(in);
    take(in, in.getInt());
    if (index < 0 || index > REGISTER_MAX) {
      throw new IllegalArgumentException("an event for register %d".formatted(index));
    }
    // Index 0 is MRTD, which the log explains and does not extend.
    if (type != NO_ACTION && index > 0) {
      events.add(new LoggedEvent.Opaque(index - 1, digest));
    }
  }

  private static Bytes digest(ByteBuffer in) {
    int count = in.getInt();
    if (count < 1 || count > DIGESTS_MAX) {
      throw new IllegalArgumentException("an event with %d digests".formatted(count));
    }
    Bytes found = Bytes.EMPTY;
    for (int i = 0; i < count; i++) {
      int algorithm = in.getShort() & 0xffff;
      Integer size = DIGEST_SIZES.get(algorithm);
      if (size == null) {
        throw new IllegalArgumentException("a digest of algorithm 0x%04x".formatted(algorithm));
      }
      Bytes digest = Bytes.of(take(in, size));
      if (algorithm == SHA384) {
        if (!found.isEmpty()) {
          throw new IllegalArgumentException("an event with two SHA-384 digests");
        }
        found = digest;
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException("an event without a SHA-384 digest");
    }
    return found;
  }

  private static byte[] take(ByteBuffer in, int size) {
    if (size < 0 || size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] part = new byte[size];
    in.get(part);
    return part;
  }
}
