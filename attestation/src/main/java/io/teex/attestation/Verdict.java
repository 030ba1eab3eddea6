package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier decided, with everything that the decision rests on. The claims of refused
 * evidence are there for a person to read; only {@link #accepted()} makes them true.
 */
public final class Verdict {
  private final @Nullable Claims claims;
  private final List<Check> checks;
  private final Basis basis;

  /** The inputs of the decision besides the evidence, so that it can be repeated. */
  public record Basis(TimeInterval time, Bytes32 policy, Bytes32 collateral) {}

  Verdict(@Nullable Claims claims, List<Check> checks, Basis basis) {
    this.claims = claims;
    this.checks = checks;
    this.basis = basis;
  }

  /** The verdict if this was asked as well. */
  public Verdict and(Check more) {
    return new Verdict(claims, Stream.concat(checks.stream(), Stream.of(more)).toList(), basis);
  }

  public boolean accepted() {
    return claims != null && checks.stream().allMatch(Check::passed);
  }

  /** What could be read; empty if the evidence is malformed. */
  public Optional<Claims> claims() {
    return Optional.ofNullable(claims);
  }

  /** Every check that was made, failed ones included, in order. */
  public List<Check> checks() {
    return checks;
  }

  public Basis basis() {
    return basis;
  }

  /** Why the evidence was refused, most basic first; empty if it was accepted. */
  public List<Reason> reasons() {
    return checks.stream().flatMap(check -> check.failure().stream()).distinct().toList();
  }

  /**
   * The reasons as stable codes; that of the TCB's status names it, {@code tcb-status:OutOfDate}.
   */
  public List<String> codes() {
    return reasons().stream()
        .map(reason ->
            reason == Reason.TCB_STATUS && claims != null
                ? reason.code() + ":" + claims.tcbStatus().label()
                : reason.code())
        .toList();
  }

  /**
   * The failure that a refused verdict is to its own side; {@code ATTESTATION_REFUSED} in general.
   */
  public ErrorCode errorCode() {
    List<Reason> reasons = reasons();
    if (reasons.contains(Reason.KIND_NOT_ALLOWED) && claims != null && claims.simulated()) {
      return ErrorCode.SIMULATED_REFUSED;
    }
    return reasons.equals(List.of(Reason.MEASUREMENT_NOT_ALLOWED))
        ? ErrorCode.UNKNOWN_MEASUREMENT
        : ErrorCode.ATTESTATION_REFUSED;
  }

  /** The failed checks in one line, for the verifier's own log. */
  public String explanation() {
    return checks.stream()
        .filter(check -> !check.passed())
        .map(Check::toString)
        .collect(Collectors.joining("; "));
  }

  @Override
  public String toString() {
    return accepted() ? "Verdict[accepted]" : "Verdict[refused: %s]".formatted(explanation());
  }
}
