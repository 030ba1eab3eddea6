package io.teex.attestation.intel;

import io.teex.attestation.Tcb;
import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How current a platform is: the levels that its parts are at, and what follows from them together.
 *
 * @param platform of processor, microcode and firmware, and of the SEAM loader below a trust domain
 * @param module of the TDX module; null for SGX, and for the first module, which has no levels of
 *     its own
 * @param qe of the quoting enclave
 * @param relaunch whether the platform is newer than what the trust domain was started on
 */
record TcbEvaluation(
    Reached<PlatformLevel> platform,
    @Nullable Module module,
    Reached<IsvLevel> qe,
    Relaunch relaunch,
    long evaluationNumber) {
  record Module(String id, Reached<IsvLevel> level) {}

  enum Relaunch {
    NO,
    ADVISED,
    ADVISED_CONFIGURATION_NEEDED
  }

  TcbStatus status() {
    return switch (relaunch) {
      case NO -> converge(withModule(), qe.status());
      case ADVISED -> TcbStatus.TD_RELAUNCH_ADVISED;
      case ADVISED_CONFIGURATION_NEEDED -> TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
    };
  }

  private TcbStatus withModule() {
    return module == null
        ? platform.status()
        : converge(platform.status(), module.level().status());
  }

  /** What a platform's status becomes by that of one of its parts. */
  static TcbStatus converge(TcbStatus platform, TcbStatus part) {
    if (part == TcbStatus.REVOKED || platform == TcbStatus.REVOKED) {
      return TcbStatus.REVOKED;
    }
    if (!part.isOutOfDate()) {
      return platform;
    }
    return switch (platform) {
      case UP_TO_DATE, SW_HARDENING_NEEDED -> TcbStatus.OUT_OF_DATE;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
      default -> platform;
    };
  }

  Tcb tcb() {
    return new Tcb(status(), advisories(), behindSince(), evaluationNumber);
  }

  private SortedSet<String> advisories() {
    SortedSet<String> all = new TreeSet<>();
    parts().forEach(part -> all.addAll(part.level().advisories()));
    return all;
  }

  /**
   * Since when the part that waits the longest could have been better; {@link Instant#MAX} as soon
   * as that is not known of one that is out of date, so that no grace begins.
   */
  private Instant behindSince() {
    List<Instant> dates =
        parts().stream()
            .filter(part -> part.status().isOutOfDate())
            .map(Reached::behindSince)
            .toList();
    if (dates.isEmpty()) {
      return platform.behindSince();
    }
    return dates.contains(Instant.MAX)
        ? Instant.MAX
        : dates.stream().min(Instant::compareTo).orElse(Instant.MAX);
  }

  private List<Reached<? extends TcbLevel>> parts() {
    return module == null ? List.of(platform, qe) : List.of(platform, module.level(), qe);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tcb_status", status().label());
    fields.put("advisory_ids", List.copyOf(advisories()));
    fields.put("platform_status", platform.status().label());
    if (module != null) {
      IsvLevel level = module.level().level();
      List<Object> shown = new ArrayList<>();
      shown.add(module.id());
      shown.add(level.status().label());
      shown.add(List.copyOf(level.advisories()));
      fields.put("tdx_module", List.copyOf(shown));
    }
    fields.put("qe_status", qe.status().label());
    return fields;
  }
}
