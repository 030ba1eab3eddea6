package io.teex.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Reason;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventLogTest {
  private static final String ZERO = "00".repeat(48);
  private static final int RUNTIME = 0x0800_0001;

  private final Checks checks = new Checks();

  static List<VectorCase> logs() {
    return VectorCase.all("tdx").stream()
        .filter(vector -> vector.expected().containsKey("event_log"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("logs")
  void replaysGenuineLogsToTheRegisters(VectorCase vector) {
    EventLog.verify(log(vector), rtmrs(vector), checks);

    assertThat(checks.answers()).containsExactly(new Check.Passed("event-log"));
  }

  @ParameterizedTest
  @MethodSource("logs")
  void refusesGenuineLogsOfOtherRegisters(VectorCase vector) {
    for (int register = 0; register < 4; register++) {
      List<Bytes> rtmrs = new ArrayList<>(rtmrs(vector));
      byte[] changed = rtmrs.get(register).copy();
      changed[47] ^= 1;
      rtmrs.set(register, Bytes.of(changed));

      assertThat(reason(log(vector), rtmrs)).isEqualTo(Reason.EVENT_LOG_MISMATCH);
    }
  }

  @Test
  void tellsWhatDstackMeasuredAndKeepsTheApplicationsEventsApart() {
    VectorCase vector = VectorCase.of("tdx/near-mpc-dstack-b0c06f000000");

    Map<String, Object> events = EventLog.verify(log(vector), rtmrs(vector), checks);

    assertThat(events)
        .containsEntry(
            "compose-hash", "2911e1f733466216dedb862d6d669e11256ee7a34ce4dbc66c4b807ba7a9c895")
        .containsEntry("system-ready", "")
        .containsEntry("storage-fs", "7a6673")
        .containsEntry(
            "application.mpc-image-digest",
            "564a5aebc33495d5610626d23cb9e3da8e9d531d0edff9e38aa1ccaf059c15d3")
        .hasSize(9);
  }

  @Test
  void tellsNothingFromFirmwareRecords() {
    VectorCase vector = VectorCase.of("tdx/gcp-cos113-ccel-00806f050000");

    assertThat(EventLog.verify(log(vector), rtmrs(vector), checks)).isEmpty();
  }

  @Test
  void refusesAGenuineFirmwareLogCutOffAnywhere() {
    VectorCase vector = VectorCase.of("tdx/gcp-cos113-ccel-00806f050000");
    byte[] log = log(vector).copy();
    List<Bytes> rtmrs = rtmrs(vector);
    int end = 0x46b5;

    for (int size = 0; size < end; size++) {
      assertThat(reason(Bytes.of(Arrays.copyOf(log, size)), rtmrs))
          .as("%d bytes", size)
          .isIn(Reason.MALFORMED, Reason.EVENT_LOG_MISMATCH);
    }
    EventLog.verify(Bytes.of(Arrays.copyOf(log, end)), rtmrs, checks);
    assertThat(checks.answers()).containsExactly(new Check.Passed("event-log"));
  }

  @Test
  void refusesAChangedPayloadUnderItsOldDigest() {
    Log log = new Log().told("app-id", "0001").told("compose-hash", "aa01");

    Bytes changed = bytes(log.json().replace("aa01", "aa02"));

    assertThat(reason(changed, log.rtmrs())).isEqualTo(Reason.EVENT_LOG_MISMATCH);
  }

  @Test
  void refusesAChangedDigestOfATrueContent() {
    Log log = new Log().told("compose-hash", "aa01");

    Bytes changed = bytes(log.json().replaceFirst("\"digest\":\"..", "\"digest\":\"00"));

    assertThat(reason(changed, log.rtmrs())).isEqualTo(Reason.EVENT_LOG_MISMATCH);
  }

  @Test
  void refusesALogWithoutOneOfItsEventsOrInAnotherOrder() {
    Log log = new Log().told("app-id", "0001").told("compose-hash", "aa01");

    Log shorter = new Log().told("app-id", "0001");
    Log swapped = new Log().told("compose-hash", "aa01").told("app-id", "0001");

    assertThat(reason(bytes(shorter.json()), log.rtmrs())).isEqualTo(Reason.EVENT_LOG_MISMATCH);
    assertThat(reason(bytes(swapped.json()), log.rtmrs())).isEqualTo(Reason.EVENT_LOG_MISMATCH);
  }

  @Test
  void takesAListAloneAndInsideAnObjectAsListOrText() {
    Log log = new Log().told("compose-hash", "aa01");
    String list = log.json();
    String text = "\"" + list.replace("\"", "\\\"") + "\"";

    for (String json :
        List.of(
            list,
            " \n" + list,
            "{\"event_log\":%s,\"quote\":\"00\"}".formatted(list),
            "{\"vm\":{\"a\":[1]},\"event_log\":%s}".formatted(text))) {
      assertThat(EventLog.verify(bytes(json), log.rtmrs(), checks))
          .as(json)
          .containsExactly(Map.entry("compose-hash", "aa01"));
    }
  }

  @Test
  void computesADigestThatIsLeftOut() {
    Log log = new Log().told("compose-hash", "aa01");
    String left = log.json().replaceFirst("\"digest\":\"[0-9a-f]*\"", "\"digest\":\"\"");

    assertThat(EventLog.verify(bytes(left), log.rtmrs(), checks)).containsKey("compose-hash");
  }

  @Test
  void padsShortDigestsOfOtherEventsOnTheRight() {
    Log log = new Log().opaque(0, "aabb");

    EventLog.verify(bytes(log.json()), log.rtmrs(), checks);

    assertThat(checks.answers()).containsExactly(new Check.Passed("event-log"));
  }

  @Test
  void callsAllPayloadsOfANameThatOccursTwiceSoThatNoRuleMatchesOne() {
    Log log = new Log().told("compose-hash", "aa01").told("compose-hash", "aa02");

    assertThat(EventLog.verify(bytes(log.json()), log.rtmrs(), checks))
        .containsExactly(Map.entry("compose-hash", List.of("aa01", "aa02")));
  }

  @Test
  void neverTakesAnEventOfTheApplicationForOneOfThePlatform() {
    // An application on a genuine image measures a compose-hash of its choice, and the host shows
    // the true one and system-ready by their digests alone.
    Log genuine =
        new Log()
            .told("compose-hash", "bad0")
            .told("system-ready", "")
            .told("compose-hash", "900d");
    String hidden =
        "[%s]"
            .formatted(
                String.join(
                    ",",
                    Log.opaqueJson(3, Log.digest("compose-hash", "bad0")),
                    Log.opaqueJson(3, Log.digest("system-ready", "")),
                    Log.toldJson("compose-hash", "900d")));

    assertThat(EventLog.verify(bytes(hidden), genuine.rtmrs(), checks))
        .containsExactly(Map.entry("application.compose-hash", "900d"));
    assertThat(EventLog.verify(bytes(genuine.json()), genuine.rtmrs(), checks))
        .containsEntry("compose-hash", "bad0")
        .containsEntry("application.compose-hash", "900d");
  }

  @Test
  void doesNotLetAColonMoveBetweenNameAndPayload() {
    // The same digest as ("key", "a:b"), which hides the name.
    Log log = new Log().told("key", hex("a:b")).told("compose-hash", "aa01");
    String moved =
        "[%s,%s]".formatted(Log.toldJson("key:a", hex("b")), Log.toldJson("compose-hash", "aa01"));

    assertThat(EventLog.verify(bytes(moved), log.rtmrs(), checks))
        .containsExactly(Map.entry("application.compose-hash", "aa01"));
  }

  @Test
  void refusesWhatIsNoLog() {
    for (String json :
        List.of(
            "",
            " ",
            "[",
            "{}",
            "[1]",
            "[]x",
            "[][]",
            "{\"event_log\":1}",
            "{\"event_log\":\"{}\"}",
            "[{}]",
            "[{\"imr\":4,\"event_type\":1,\"digest\":\"00\"}]",
            "[{\"imr\":-1,\"event_type\":1,\"digest\":\"00\"}]",
            "[{\"imr\":1.5,\"event_type\":1,\"digest\":\"00\"}]",
            "[{\"imr\":0,\"event_type\":4294967296,\"digest\":\"00\"}]",
            "[{\"imr\":0,\"event_type\":99999999999999999999999,\"digest\":\"00\"}]",
            "[{\"imr\":0,\"event_type\":1,\"digest\":\"0\"}]",
            "[{\"imr\":0,\"event_type\":1,\"digest\":\"xx\"}]",
            "[{\"imr\":0,\"event_type\":1,\"digest\":\"%s\"}]".formatted("00".repeat(49)),
            "[{\"imr\":0,\"imr\":0,\"event_type\":1,\"digest\":\"00\"}]",
            "[".repeat(100_000),
            "{\"event_log\":" + "[".repeat(100_000),
            "{\"a\":" + "[".repeat(100_000))) {
      assertThat(reason(bytes(json), Log.zeros())).as(json).isEqualTo(Reason.MALFORMED);
    }
  }

  @Test
  void boundsTheSizeAndTheNumberOfEvents() {
    String event = Log.opaqueJson(0, "00");
    Bytes tooMany =
        bytes("[%s]".formatted(String.join(",", java.util.Collections.nCopies(8_193, event))));
    Bytes tooLong = bytes("[]" + " ".repeat(Collateral.EVENT_LOG_SIZE_MAX));

    assertThat(reason(tooMany, Log.zeros())).isEqualTo(Reason.MALFORMED);
    assertThat(reason(tooLong, Log.zeros())).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void replaysAnEmptyListToZeros() {
    assertThat(EventLog.verify(bytes("[]"), Log.zeros(), checks)).isEmpty();
    assertThat(checks.answers()).containsExactly(new Check.Passed("event-log"));
  }

  @Test
  void givesAnAnswerOnAnyBytes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Bytes> logs = logs().stream().map(EventLogTest::log).toList();
    // Zeros would do for a log whose first changed byte ends it before its first event.
    Bytes register = Bytes.of("x".repeat(48).getBytes(StandardCharsets.US_ASCII));
    List<Bytes> unreachable = java.util.Collections.nCopies(4, register);
    for (int i = 0; i < 600; i++) {
      byte[] bytes = logs.get(i % logs.size()).copy();
      int used = Math.min(bytes.length, 0x46b5);
      for (int j = random.nextInt(6); j >= 0; j--) {
        bytes[random.nextInt(used)] ^= (byte) (1 + random.nextInt(255));
      }

      assertThat(reason(Bytes.of(bytes), unreachable))
          .as("seed %d, round %d", seed, i)
          .isIn(Reason.MALFORMED, Reason.EVENT_LOG_MISMATCH);
    }
  }

  private static Reason reason(Bytes log, List<Bytes> rtmrs) {
    Checks checks = new Checks();
    Map<String, Object> events = EventLog.verify(log, rtmrs, checks);
    assertThat(events).isEmpty();
    assertThat(checks.answers()).hasSize(1);
    return checks.answers().getFirst().failure().orElseThrow();
  }

  private static Bytes log(VectorCase vector) {
    return vector.file(String.valueOf(vector.expected("event_log").get("file")));
  }

  private static List<Bytes> rtmrs(VectorCase vector) {
    Map<String, Object> fields = vector.expected("fields");
    List<Bytes> rtmrs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rtmrs.add(Bytes.fromHex(String.valueOf(fields.get("rtmr" + i))));
    }
    return rtmrs;
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(String text) {
    return bytes(text).toHex();
  }

  /** A dstack log and the registers that it leads to. */
  private static final class Log {
    private final List<String> events = new ArrayList<>();
    private final List<Bytes> rtmrs = new ArrayList<>(zeros());

    static List<Bytes> zeros() {
      return List.of(
          Bytes.fromHex(ZERO), Bytes.fromHex(ZERO), Bytes.fromHex(ZERO), Bytes.fromHex(ZERO));
    }

    Log told(String name, String payload) {
      events.add(toldJson(name, payload));
      return extended(3, digest(name, payload));
    }

    Log opaque(int register, String digest) {
      events.add(opaqueJson(register, digest));
      return extended(register, digest);
    }

    private Log extended(int register, String digest) {
      byte[] padded = Arrays.copyOf(Bytes.fromHex(digest).copy(), 48);
      rtmrs.set(register, sha384(rtmrs.get(register), Bytes.of(padded)));
      return this;
    }

    String json() {
      return "[%s]".formatted(String.join(",", events));
    }

    List<Bytes> rtmrs() {
      return rtmrs;
    }

    static String toldJson(String name, String payload) {
      return "{\"imr\":3,\"event_type\":%d,\"digest\":\"%s\",\"event\":\"%s\",\"event_payload\":\"%s\"}"
          .formatted(RUNTIME, digest(name, payload), name, payload);
    }

    static String opaqueJson(int register, String digest) {
      return "{\"imr\":%d,\"event_type\":4,\"digest\":\"%s\"}".formatted(register, digest);
    }

    static String digest(String name, String payload) {
      byte[] type = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(RUNTIME).array();
      return sha384(
              Bytes.of(type), bytes(":" + name + ":"), Bytes.of(HexFormat.of().parseHex(payload)))
          .toHex();
    }

    private static Bytes sha384(Bytes... parts) {
      try {
        return Bytes.of(MessageDigest.getInstance("SHA-384").digest(Bytes.concat(parts).copy()));
      } catch (java.security.NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }
}
