package io.teex.attestation.eventlog;

import io.teex.attestation.Checks;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Everything that reads event logs. */
public final class EventLogTargets {
  private static final List<Bytes> REGISTERS =
      List.of(
          Bytes.of(new byte[48]),
          Bytes.of(new byte[48]),
          Bytes.of(new byte[48]),
          Bytes.of(new byte[48]));

  /** Spoiling a whole log of a hundred events takes longer than reading it. */
  private static final int PIECE = 3_000;

  private static final String DSTACK =
      """
      [{"imr":0,"event_type":2147483659,"digest":"00","event":"","event_payload":"00"},
      {"imr":3,"event_type":134217729,"digest":"","event":"app-id","event_payload":"0a0b"},
      {"imr":3,"event_type":134217729,"digest":"","event":"system-ready","event_payload":""}]
      """;

  private EventLogTargets() {}

  public static List<Target> all() {
    List<Target.Seed> ccel = new ArrayList<>();
    List<Target.Seed> dstack = new ArrayList<>();
    ccel.add(new Target.Seed("own", Bytes.of(ccel())));
    dstack.add(text("own", DSTACK));
    dstack.add(text("own in an object", "{\"event_log\":%s}".formatted(DSTACK)));
    dstack.add(
        text(
            "own in a text",
            "{\"event_log\":\"%s\"}".formatted(DSTACK.replace("\n", "").replace("\"", "\\\""))));
    if (VectorCase.isPresent()) {
      Bytes genuine = VectorCase.of("tdx/gcp-cos113-ccel-00806f050000").file("ccel.bin");
      ccel.add(new Target.Seed("genuine", genuine.slice(0, Math.min(PIECE, genuine.size()))));
      ccel.add(new Target.Seed("whole", genuine));
      dstack.add(
          new Target.Seed(
              "genuine",
              VectorCase.of("tdx/near-mpc-dstack-b0c06f000000").file("app-tcb-info.json")));
    }
    Target.Reader reader =
        (seed, input) -> EventLog.verify(Bytes.of(input), REGISTERS, new Checks());
    return List.of(
        new Target("ccel", 30, ccel, List.of(), reader),
        new Target("dstack-log", 30, dstack, List.of(Mutators.json()), reader));
  }

  private static Target.Seed text(String name, String json) {
    return new Target.Seed(name, Bytes.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** The first record of a log and two events after it. */
  private static byte[] ccel() {
    java.nio.ByteBuffer out =
        java.nio.ByteBuffer.allocate(400).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    byte[] specification = "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);
    out.putInt(0).putInt(3).put(new byte[20]).putInt(specification.length).put(specification);
    for (int register = 1; register < 3; register++) {
      out.putInt(register).putInt(0x8000_0001).putInt(1).putShort((short) 0x0c);
      out.put(new byte[48]).putInt(3).put(new byte[] {1, 2, 3});
    }
    out.putInt(-1);
    byte[] log = new byte[out.position()];
    out.flip().get(log);
    return log;
  }
}
