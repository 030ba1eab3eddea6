package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Role;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Which TEEs a relying party accepts, and as what. Nothing is accepted that is not named here.
 *
 * <p>As a file:
 *
 * <pre>{@code
 * {
 *   "version": 1,
 *   "name": "local market",
 *   "acceptSimulated": true,
 *   "simulatedRoots": ["<SHA-256 of the root's SubjectPublicKeyInfo>"],
 *   "measurements": {"manager": ["<48 bytes>"], "store": [], "dispatcher": [], "worker": []}
 * }
 * }</pre>
 *
 * @param acceptSimulated whether a simulated TEE, which protects nothing, may act at all
 * @param simulatedRoots the simulated platforms that are meant, by the SHA-256 of their root key
 * @param measurements what may act as which role
 */
public record Policy(
    String name,
    boolean acceptSimulated,
    Set<Bytes32> simulatedRoots,
    Map<Role, Set<Measurement>> measurements) {

  private static final Policy REFUSE_ALL = new Policy("default", false, Set.of(), Map.of());

  public Policy {
    simulatedRoots = Set.copyOf(simulatedRoots);
    EnumMap<Role, Set<Measurement>> copy = new EnumMap<>(Role.class);
    measurements.forEach((role, accepted) -> copy.put(role, Set.copyOf(accepted)));
    measurements = Map.copyOf(copy);
  }

  /** What holds where no policy file is given: no simulated TEE and no measurement is accepted. */
  public static Policy refuseAll() {
    return REFUSE_ALL;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code USAGE} if the file is missing or is no policy;
   *     the message names the file and the key
   */
  public static Policy read(Path file) {
    return PolicyFile.read(file);
  }

  /**
   * @throws io.teex.protocol.TeexException {@code USAGE} if the text is no policy
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
    return kind != TeeKind.SIMULATED || acceptSimulated;
  }

  public Set<Measurement> measurements(Role role) {
    return measurements.getOrDefault(role, Set.of());
  }

  boolean isKnown(Measurement measurement) {
    return measurements.values().stream().anyMatch(accepted -> accepted.contains(measurement));
  }
}
