package io.teex.attestation.eventlog;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Digests;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a trust domain says that it measured into its four run-time registers: the firmware's CCEL
 * table in binary, or dstack's list in JSON. A log is a claim of the host's until it replays: each
 * register starts as 48 zero bytes and becomes SHA-384(register ‖ digest) with each event.
 */
public final class EventLog {
  /** Real logs have about a hundred. */
  static final int EVENTS_MAX = 8_192;

  private static final String CHECK = "event-log";
  private static final int REGISTERS = 4;
  private static final int APPLICATION_REGISTER = 3;
  private static final String LAST_OF_PLATFORM = "system-ready";
  private static final String APPLICATION_PREFIX = "application.";

  private EventLog() {}

  /**
   * Replays a log and records the check {@code event-log}: {@code MALFORMED} if it cannot be read,
   * {@code EVENT_LOG_MISMATCH} if it does not lead to the registers or shows contents that their
   * digests belie.
   *
   * @param rtmrs RTMR0 to RTMR3 of evidence whose signature holds
   * @return of a log that replays the events of RTMR3 whose digest was computed from their content:
   *     by name the payload in hexadecimal, or the list of all payloads of a name that occurs more
   *     than once. Names of events after {@code system-ready} begin with {@code application.},
   *     since whatever runs in the guest can make them; so do those after an event whose content is
   *     not proven, since it may hide {@code system-ready}
   */
  public static Map<String, Object> verify(Bytes log, List<Bytes> rtmrs, Checks checks) {
    List<LoggedEvent> events;
    try {
      events = parse(log);
    } catch (IllegalArgumentException e) {
      checks.fail(CHECK, Reason.MALFORMED, "event log: " + e.getMessage());
      return Map.of();
    }
    return isTrue(events, rtmrs, checks) ? told(events) : Map.of();
  }

  /**
   * A log without what lies behind its last record: a firmware's area is larger than what it wrote.
   *
   * @throws IllegalArgumentException if it is no log
   */
  public static Bytes records(Bytes log) {
    return DstackLog.isOne(log) ? log : CcelLog.records(log);
  }

  private static List<LoggedEvent> parse(Bytes log) {
    if (log.size() > Collateral.EVENT_LOG_SIZE_MAX) {
      throw new IllegalArgumentException(
          "%d bytes, at most %d".formatted(log.size(), Collateral.EVENT_LOG_SIZE_MAX));
    }
    return DstackLog.isOne(log) ? DstackLog.parse(log) : CcelLog.parse(log);
  }

  private static boolean isTrue(List<LoggedEvent> events, List<Bytes> rtmrs, Checks checks) {
    for (LoggedEvent event : events) {
      if (event instanceof LoggedEvent.Untrue untrue) {
        checks.fail(
            CHECK,
            Reason.EVENT_LOG_MISMATCH,
            "event '%s' has another digest than its content".formatted(untrue.name()));
        return false;
      }
    }
    List<Bytes> replayed = replay(events);
    return checks.require(
        replayed.equals(rtmrs),
        CHECK,
        Reason.EVENT_LOG_MISMATCH,
        () -> "the log replays to %s, the evidence shows %s".formatted(replayed, rtmrs));
  }

  private static List<Bytes> replay(List<LoggedEvent> events) {
    byte[][] registers = new byte[REGISTERS][Digests.SHA384_SIZE];
    MessageDigest digest = Digests.sha384();
    for (LoggedEvent event : events) {
      digest.update(registers[event.register()]);
      registers[event.register()] = digest.digest(event.digest().copy());
    }
    List<Bytes> values = new ArrayList<>();
    for (byte[] register : registers) {
      values.add(Bytes.of(register));
    }
    return values;
  }

  private static Map<String, Object> told(List<LoggedEvent> events) {
    Map<String, Object> told = new LinkedHashMap<>();
    String prefix = "";
    for (LoggedEvent event : events) {
      if (event.register() != APPLICATION_REGISTER) {
        continue;
      }
      if (!(event instanceof LoggedEvent.Told known)) {
        // The host may show system-ready as one of these, to pass off what came after it.
        prefix = APPLICATION_PREFIX;
        continue;
      }
      told.merge(prefix + known.name(), known.payload().toHex(), EventLog::both);
      if (known.name().equals(LAST_OF_PLATFORM)) {
        prefix = APPLICATION_PREFIX;
      }
    }
    return Collections.unmodifiableMap(told);
  }

  private static Object both(Object earlier, Object later) {
    List<Object> all = new ArrayList<>(earlier instanceof List<?> list ? list : List.of(earlier));
    all.add(later);
    return List.copyOf(all);
  }
}
