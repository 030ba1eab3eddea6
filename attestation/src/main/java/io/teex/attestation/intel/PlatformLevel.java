package io.teex.attestation.intel;

import io.teex.attestation.JsonObject;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/**
 * A level of a platform's TCB information.
 *
 * @param components the least SVNs of the platform's 16 components
 * @param tdxComponents the least TEE_TCB_SVN, byte by byte; empty where the document is of SGX
 */
record PlatformLevel(
    List<Integer> components,
    int pceSvn,
    List<Integer> tdxComponents,
    Instant date,
    TcbStatus status,
    SortedSet<String> advisories)
    implements TcbLevel {
  private static final Set<TcbStatus> STATUSES =
      Collections.unmodifiableSet(
          EnumSet.of(
              TcbStatus.UP_TO_DATE,
              TcbStatus.SW_HARDENING_NEEDED,
              TcbStatus.CONFIGURATION_NEEDED,
              TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED,
              TcbStatus.OUT_OF_DATE,
              TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
              TcbStatus.REVOKED));

  PlatformLevel {
    components = List.copyOf(components);
    tdxComponents = List.copyOf(tdxComponents);
  }

  static PlatformLevel parse(JsonObject json, boolean tdx) {
    JsonObject tcb = json.object("tcb");
    return new PlatformLevel(
        components(tcb, "sgxtcbcomponents"),
        (int) tcb.number("pcesvn", 0xffff),
        tdx ? components(tcb, "tdxtcbcomponents") : List.of(),
        json.instant("tcbDate"),
        TcbLevel.status(json, STATUSES),
        TcbLevel.advisories(json));
  }

  private static List<Integer> components(JsonObject tcb, String key) {
    List<Integer> svns = new ArrayList<>();
    for (JsonObject component : tcb.objects(key)) {
      svns.add((int) component.number("svn", 0xff));
    }
    if (svns.size() != PckExtension.COMPONENTS) {
      throw tcb.wrong(
          "%s has %d components, expected %d"
              .formatted(tcb.at(key), svns.size(), PckExtension.COMPONENTS));
    }
    return svns;
  }

  /** Whether the platform, by its certificate, is at least at this level. */
  boolean isReachedBy(PckExtension platform) {
    for (int i = 0; i < PckExtension.COMPONENTS; i++) {
      if (platform.components().get(i) < components.get(i)) {
        return false;
      }
    }
    return platform.pceSvn() >= pceSvn;
  }

  /** Whether what lies below a trust domain is, besides, counted from byte {@code from}. */
  boolean isReachedBy(Bytes teeTcbSvn, int from) {
    for (int i = from; i < PckExtension.COMPONENTS; i++) {
      if ((teeTcbSvn.at(i) & 0xff) < tdxComponents.get(i)) {
        return false;
      }
    }
    return true;
  }
}
