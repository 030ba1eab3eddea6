package io.teex.rpc.node;

import io.teex.attestation.IntervalClock;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.attestation.collateral.CollateralCache;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.protocol.Role;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The settings that every attested role has.
 *
 * @param listen {@code listen}: where to serve; port 0 takes a free one
 * @param data {@code data}: the node's own directory
 * @param platform {@code platform}: directory of the SIMULATED platform
 * @param peers {@code policy}: file that says which peers are accepted; without it, none
 * @param collateral {@code collateral.*}: where the documents come from that evidence is judged
 *     with
 * @param publicEndpoint {@code advertise}: where others reach this node, if not where it listens
 */
public record NodeSettings(
    Endpoint listen,
    Path data,
    Path platform,
    Peers peers,
    CollateralConfig collateral,
    Advertised publicEndpoint) {

  /** Which peers are accepted. */
  public sealed interface Peers {
    /** Those of a policy that holds for good. */
    record Of(Policy policy) implements Peers {}

    /** Those of the policy that is in a file at the time. */
    record OfFile(Path file) implements Peers {}
  }

  /** Where others reach a node. */
  public sealed interface Advertised {
    /** At the address that it listens on. */
    record AsListening() implements Advertised {}

    /** At another one, such as that of a proxy. */
    record At(Endpoint endpoint) implements Advertised {}
  }

  /** With a policy that holds for good, and no collateral. */
  public NodeSettings(
      Endpoint listen, Path data, Path platform, Policy policy, Advertised publicEndpoint) {
    this(listen, data, platform, new Peers.Of(policy), CollateralConfig.none(), publicEndpoint);
  }

  public static NodeSettings from(NodeConfig config) {
    Optional<Endpoint> advertise = config.optionalEndpoint("advertise");
    return new NodeSettings(
        config.endpoint("listen", new Endpoint("127.0.0.1", 0)),
        config.path("data"),
        config.path("platform"),
        config
            .optionalPath("policy")
            .<Peers>map(Peers.OfFile::new)
            .orElseGet(() -> new Peers.Of(Policy.refuseAll())),
        CollateralConfig.from(config.section("collateral")),
        advertise.<Advertised>map(Advertised.At::new).orElseGet(Advertised.AsListening::new));
  }

  /**
   * Opens what this process judges its peers by; once, as it keeps the time.
   *
   * @throws io.teex.protocol.TeexException {@code USAGE} if the policy's file is missing or is no
   *     policy to trust others by
   */
  public NodeGrounds grounds(InstantSource clock, RandomGenerator random) {
    return new NodeGrounds(
        policies(),
        CollateralCache.open(collateral, clock, random),
        new IntervalClock(clock, System::nanoTime, IntervalClock.WIDTH_MAX));
  }

  private Supplier<Policy> policies() {
    return switch (peers) {
      case Peers.Of of -> of::policy;
      case Peers.OfFile in -> new PolicyInFile(in.file())::now;
    };
  }

  /** What this process runs in: SIMULATED, measured by its main class and class path. */
  public Tee tee(Class<?> mainClass, InstantSource clock, SecureRandom random) {
    SimulatedPlatform hardware = SimulatedPlatform.openOrCreate(platform, clock.instant(), random);
    return hardware.tee(hardware.measureThisProcess(mainClass));
  }

  /** Opens what this process is, with the signing key that is sealed in {@code data}. */
  public NodeIdentity identity(
      Role role, Class<?> mainClass, InstantSource clock, SecureRandom random) {
    NodeIdentity identity =
        NodeIdentity.open(role, tee(mainClass, clock, random), data, clock, random);
    introduce(identity);
    return identity;
  }

  /** Tells the operator what this node is, see {@link NodeFile}. */
  public void introduce(NodeIdentity identity) {
    NodeFile.of(identity.role(), identity.address(), identity.tee()).write(data);
  }

  /** What to tell others, once it is known where this node listens. */
  public Endpoint advertisedWhenListeningOn(Endpoint listening) {
    return switch (publicEndpoint) {
      case Advertised.AsListening asListening -> listening;
      case Advertised.At at -> at.endpoint();
    };
  }
}
