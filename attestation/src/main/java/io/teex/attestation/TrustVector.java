package io.teex.attestation;

import io.teex.protocol.TcbStatus;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A verdict in the words that other verifiers use: the claims of AR4SI, each a number whose range
 * is its tier.
 *
 * @param instanceIdentity 2 if this very instance spoke (its report data was the expected one), 96
 *     if another did, 0 if nobody asked
 * @param configuration 2, 32 if it is unsafe, 96 if it can be debugged
 * @param executables 2 if the code is approved, 33 if it is not known, 0 if nobody asked
 * @param hardware 2 if genuine and current, 32 with known weaknesses, 96 if revoked, 97 if not
 *     recognised (which the simulated TEE never is)
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-rats-ar4si/">draft-ietf-rats-ar4si</a>
 */
public record TrustVector(int instanceIdentity, int configuration, int executables, int hardware) {
  private static final int NONE = 0;
  private static final int AFFIRMING = 2;
  private static final int WARNING = 32;
  private static final int UNRECOGNISED_CODE = 33;
  private static final int CONTRAINDICATED = 96;
  private static final int UNRECOGNISED = 97;

  /** What is no fault of the platform; every other reason leaves it unrecognised. */
  private static final Set<Reason> GENUINE =
      EnumSet.of(
          Reason.TCB_STATUS,
          Reason.DEBUG_ENABLED,
          Reason.MEASUREMENT_NOT_ALLOWED,
          Reason.SVN_TOO_LOW,
          Reason.ATTRIBUTES_NOT_ALLOWED,
          Reason.EVENT_LOG_MISMATCH,
          Reason.REPORT_DATA_MISMATCH,
          Reason.NONCE_UNKNOWN,
          Reason.NONCE_EXPIRED,
          Reason.ROLE_NOT_ALLOWED,
          Reason.KIND_NOT_ALLOWED);

  public static TrustVector of(Verdict verdict) {
    List<Reason> reasons = verdict.reasons();
    return new TrustVector(
        instanceIdentity(verdict, reasons),
        configuration(verdict, reasons),
        executables(verdict, reasons),
        hardware(verdict, reasons));
  }

  private static int instanceIdentity(Verdict verdict, List<Reason> reasons) {
    if (reasons.contains(Reason.REPORT_DATA_MISMATCH)
        || reasons.contains(Reason.NONCE_UNKNOWN)
        || reasons.contains(Reason.NONCE_EXPIRED)) {
      return CONTRAINDICATED;
    }
    return wasAsked(verdict, "report-data") ? AFFIRMING : NONE;
  }

  private static int configuration(Verdict verdict, List<Reason> reasons) {
    if (reasons.contains(Reason.DEBUG_ENABLED)) {
      return CONTRAINDICATED;
    }
    if (reasons.contains(Reason.ATTRIBUTES_NOT_ALLOWED)) {
      return WARNING;
    }
    return verdict.claims().isPresent() ? AFFIRMING : NONE;
  }

  private static int executables(Verdict verdict, List<Reason> reasons) {
    if (reasons.contains(Reason.MEASUREMENT_NOT_ALLOWED)
        || reasons.contains(Reason.ROLE_NOT_ALLOWED)
        || reasons.contains(Reason.EVENT_LOG_MISMATCH)) {
      return UNRECOGNISED_CODE;
    }
    return wasAsked(verdict, "measurement") ? AFFIRMING : NONE;
  }

  private static int hardware(Verdict verdict, List<Reason> reasons) {
    Tcb tcb = verdict.claims().map(Claims::tcb).orElse(null);
    if (tcb == null || tcb.status() == TcbStatus.SIMULATED) {
      return UNRECOGNISED;
    }
    if (reasons.contains(Reason.CERTIFICATE_REVOKED) || tcb.status() == TcbStatus.REVOKED) {
      return CONTRAINDICATED;
    }
    if (!GENUINE.containsAll(reasons)) {
      return UNRECOGNISED;
    }
    boolean current = tcb.status() == TcbStatus.UP_TO_DATE && tcb.advisories().isEmpty();
    return current && !reasons.contains(Reason.SVN_TOO_LOW) ? AFFIRMING : WARNING;
  }

  private static boolean wasAsked(Verdict verdict, String check) {
    return verdict.checks().stream().anyMatch(made -> made.name().equals(check));
  }

  /** The tier of the worst claim: {@code none, affirming, warning, contraindicated}. */
  public String tier() {
    int worst =
        Math.max(Math.max(instanceIdentity, configuration), Math.max(executables, hardware));
    if (worst >= CONTRAINDICATED) {
      return "contraindicated";
    }
    if (worst >= WARNING) {
      return "warning";
    }
    return worst >= AFFIRMING ? "affirming" : "none";
  }

  /** By the names that the draft gives the claims. */
  public Map<String, Object> toMap() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("instance-identity", (long) instanceIdentity);
    claims.put("configuration", (long) configuration);
    claims.put("executables", (long) executables);
    claims.put("hardware", (long) hardware);
    return claims;
  }
}
