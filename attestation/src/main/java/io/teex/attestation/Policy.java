package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which TEEs a relying party accepts, and as what. Nothing is accepted that is not named here.
 *
 * @param kinds of TEEs that may act at all; the simulated one protects nothing
 * @param simulatedRoots the simulated platforms that are meant, by the SHA-256 of their root key
 * @param measurements what may act as which role
 * @param platforms what platforms have to be
 */
public record Policy(
    String name,
    Set<TeeKind> kinds,
    Set<Bytes32> simulatedRoots,
    Map<Role, Set<MeasurementRule>> measurements,
    PlatformPolicy platforms) {

  private static final Policy REFUSE_ALL =
      new Policy("default", Set.of(), Set.of(), Map.of(), PlatformPolicy.STRICT);

  /** Every kind of hardware; no code may act as anything. */
  private static final Policy STRICT =
      new Policy(
          "strict",
          EnumSet.complementOf(EnumSet.of(TeeKind.SIMULATED)),
          Set.of(),
          Map.of(),
          PlatformPolicy.GENUINE);

  public Policy {
    kinds = Set.copyOf(kinds);
    simulatedRoots = Set.copyOf(simulatedRoots);
    EnumMap<Role, Set<MeasurementRule>> copy = new EnumMap<>(Role.class);
    measurements.forEach((role, accepted) -> {
      if (!accepted.isEmpty()) {
        copy.put(role, Set.copyOf(accepted));
      }
    });
    measurements = Map.copyOf(copy);
  }

  /** What holds where no policy file is given: nothing is accepted. */
  public static Policy refuseAll() {
    return REFUSE_ALL;
  }

  /**
   * What evidence is judged by where nobody asks what it runs: genuine hardware, not debuggable, up
   * to date.
   */
  public static Policy strict() {
    return STRICT;
  }

  /** A policy for simulated TEEs alone. */
  public static Policy simulated(
      String name, Set<Bytes32> roots, Map<Role, Set<Measurement>> measurements) {
    EnumMap<Role, Set<MeasurementRule>> rules = new EnumMap<>(Role.class);
    measurements.forEach((role, accepted) ->
        rules.put(
            role, accepted.stream().map(MeasurementRule::simulated).collect(Collectors.toSet())));
    return new Policy(name, Set.of(TeeKind.SIMULATED), roots, rules, PlatformPolicy.STRICT);
  }

  /**
   * The policy to trust others by: one with an error of {@link PolicyLint} is refused.
   *
   * @throws TeexException {@code USAGE} if the file is missing, is no policy, or would accept what
   *     nobody can mean; the message names the file and the key
   */
  public static Policy read(Path file) {
    Policy policy = readUnjudged(file);
    List<PolicyFinding> findings = PolicyLint.check(policy);
    if (!findings.isEmpty() && findings.getFirst().isError()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s: policy: %s (./teex attest policy lint FILE shows all)"
              .formatted(file, findings.getFirst()));
    }
    return policy;
  }

  /**
   * The same for looking at a policy, whatever it accepts.
   *
   * @throws TeexException {@code USAGE} if the file is missing or is no policy
   */
  public static Policy readUnjudged(Path file) {
    return PolicyFile.read(file);
  }

  /**
   * @throws TeexException {@code USAGE} if the text is no policy
   */
  public static Policy parse(String json) {
    return PolicyFile.parse(json);
  }

  /** The file form, the same text for equal policies. */
  public String toJson() {
    return PolicyFile.write(this);
  }

  /** Names exactly this policy, for the record of a verdict. */
  public Bytes32 id() {
    return Sha256.hash(toJson().getBytes(StandardCharsets.UTF_8));
  }

  /** Whether evidence of this kind may be accepted at all. */
  public boolean accepts(TeeKind kind) {
    return kinds.contains(kind);
  }

  public boolean acceptSimulated() {
    return accepts(TeeKind.SIMULATED);
  }

  public Set<MeasurementRule> measurements(Role role) {
    return measurements.getOrDefault(role, Set.of());
  }

  /** What code with these claims may act as; in the order of the roles. */
  public List<Role> roles(Claims claims) {
    return Arrays.stream(Role.values()).filter(role -> mayAct(claims, role)).toList();
  }

  boolean mayAct(Claims claims, Role role) {
    return measurements(role).stream().anyMatch(rule -> rule.matches(claims));
  }

  boolean isKnown(Claims claims) {
    return measurements.keySet().stream().anyMatch(role -> mayAct(claims, role));
  }
}
