package io.teex.attestation.intel;

import io.teex.attestation.JsonObject;
import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/** A level of a quoting enclave or of a TDX module, which have one number each. */
record IsvLevel(int isvSvn, Instant date, TcbStatus status, SortedSet<String> advisories)
    implements TcbLevel {
  private static final Set<TcbStatus> STATUSES =
      Collections.unmodifiableSet(
          EnumSet.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED));

  static List<IsvLevel> parseAll(JsonObject document) {
    List<IsvLevel> levels = new ArrayList<>();
    for (JsonObject json : document.objects("tcbLevels")) {
      levels.add(
          new IsvLevel(
              (int) json.object("tcb").number("isvsvn", 0xffff),
              json.instant("tcbDate"),
              TcbLevel.status(json, STATUSES),
              TcbLevel.advisories(json)));
    }
    return levels;
  }
}
