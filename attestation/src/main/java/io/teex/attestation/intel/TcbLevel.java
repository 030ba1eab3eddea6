package io.teex.attestation.intel;

import io.teex.attestation.JsonObject;
import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** One of the levels of a document that lists them from the best to the worst. */
sealed interface TcbLevel permits PlatformLevel, IsvLevel {
  /** When the level was the newest. */
  Instant date();

  TcbStatus status();

  /** The known weaknesses at this level. */
  SortedSet<String> advisories();

  static SortedSet<String> advisories(JsonObject json) {
    return json.has("advisoryIDs") ? new TreeSet<>(json.texts("advisoryIDs")) : new TreeSet<>();
  }

  /** The status of a level if it is one of those that a document of this kind knows. */
  static TcbStatus status(JsonObject json, Set<TcbStatus> known) {
    String label = json.text("tcbStatus");
    for (TcbStatus status : known) {
      if (status.label().equals(label)) {
        return status;
      }
    }
    throw json.wrong("%s is %s".formatted(json.at("tcbStatus"), label));
  }
}
