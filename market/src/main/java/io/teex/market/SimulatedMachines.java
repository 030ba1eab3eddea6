package io.teex.market;

import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The SIMULATED machines of an embedded market, what is measured on them, and the policy that names
 * both.
 *
 * @param directory of the market
 * @param nodes each has a machine
 * @param osSandbox whether workers run bubblewrap
 */
record SimulatedMachines(
    Installation installation, Path directory, List<String> nodes, boolean osSandbox) {

  /** Makes the machines that are missing, and writes the policy; returns what each role is. */
  Map<Role, Measurement> preparePolicy() throws IOException {
    List<SimulatedPlatform> platforms = platforms();
    Map<Role, Measurement> measurements = measurements(platforms);
    writePolicy(platforms, measurements);
    return measurements;
  }

  /** Names what runs here, and the platforms it runs on; what was accepted before stays out. */
  private void writePolicy(List<SimulatedPlatform> platforms, Map<Role, Measurement> measurements)
      throws IOException {
    Set<Bytes32> roots =
        platforms.stream().map(SimulatedPlatform::root).collect(Collectors.toSet());
    Map<Role, Set<Measurement>> accepted = new EnumMap<>(Role.class);
    measurements.forEach((role, measurement) -> accepted.put(role, Set.of(measurement)));
    Policy policy = Policy.simulated("embedded market (SIMULATED)", roots, accepted);
    Files.writeString(policyFile(), policy.toJson());
  }

  /** The platform of each node; they are all on this machine. */
  private List<SimulatedPlatform> platforms() {
    SecureRandom random = new SecureRandom();
    Instant now = InstantSource.system().instant();
    return nodes.stream()
        .map(name -> SimulatedPlatform.openOrCreate(directoryOf(name), now, random))
        .toList();
  }

  /** What each role is measured as; every file is read once, not by each node again. */
  private Map<Role, Measurement> measurements(List<SimulatedPlatform> platforms) {
    SimulatedPlatform first = platforms.getFirst();
    Map<Role, Measurement> measurements = new EnumMap<>(Role.class);
    for (Roles role : Roles.values()) {
      Map<String, Path> programs = role == Roles.WORKER ? workerPrograms() : Map.of();
      measurements.put(role.role(), role.measurement(first, installation, programs.values()));
    }
    platforms.stream().skip(1).forEach(first::shareMemoryWith);
    return measurements;
  }

  /** A machine that was made before. */
  SimulatedPlatform open(String name) {
    return SimulatedPlatform.open(directoryOf(name), new SecureRandom());
  }

  /**
   * The programs that see what guests see, by the worker's settings for them: measured with it. One
   * that is missing the worker itself misses, and says what to do about it.
   */
  Map<String, Path> workerPrograms() {
    Map<String, Path> programs = new LinkedHashMap<>();
    Installation.findOnPath("node").ifPresent(node -> programs.put("node", node));
    if (osSandbox) {
      Installation.findOnPath("bwrap").ifPresent(bwrap -> programs.put("bubblewrap", bwrap));
    }
    return programs;
  }

  Path directoryOf(String name) {
    return directory.resolve(name).resolve("platform");
  }

  Path policyFile() {
    return directory.resolve("policy.json");
  }
}
