package io.teex.rpc.node;

import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.attestation.source.EvidenceSources;
import io.teex.attestation.source.PlatformSource;
import io.teex.attestation.source.PlatformTee;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The settings that every attested role has.
 *
 * @param listen {@code listen}: where to serve; port 0 takes a free one
 * @param data {@code data}: the node's own directory
 * @param hardware {@code platform}: directory of a SIMULATED platform; without it, the TEE that the
 *     process finds itself in
 * @param peers {@code policy}: file that says which peers are accepted; without it, none
 * @param collateral {@code collateral.*}: where the documents come from that evidence is judged
 *     with
 * @param publicEndpoint {@code advertise}: where others reach this node, if not where it listens
 */
public record NodeSettings(
    Endpoint listen,
    Path data,
    Hardware hardware,
    Peers peers,
    CollateralConfig collateral,
    Advertised publicEndpoint) {

  /** What a node runs in. */
  public sealed interface Hardware {
    /** The TEE that is found; where there is none the node does not start. */
    record Found() implements Hardware {}

    /** SIMULATED, out of a directory: only where somebody asks for it. */
    record Simulated(Path directory) implements Hardware {}
  }

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

  /** In a simulated TEE, with a policy that holds for good and no collateral. */
  public NodeSettings(
      Endpoint listen, Path data, Path simulated, Policy policy, Advertised publicEndpoint) {
    this(
        listen,
        data,
        new Hardware.Simulated(simulated),
        new Peers.Of(policy),
        CollateralConfig.none(),
        publicEndpoint);
  }

  public static NodeSettings from(NodeConfig config) {
    Optional<Endpoint> advertise = config.optionalEndpoint("advertise");
    return new NodeSettings(
        config.endpoint("listen", new Endpoint("127.0.0.1", 0)),
        config.path("data"),
        config
            .optionalPath("platform")
            .<Hardware>map(Hardware.Simulated::new)
            .orElseGet(Hardware.Found::new),
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
   * @throws TeexException {@code USAGE} if the policy's file is missing or is no policy to trust
   *     others by
   */
  public NodeGrounds grounds(InstantSource clock, RandomGenerator random) {
    return NodeGrounds.open(policies(), collateral, clock, random);
  }

  private Supplier<Policy> policies() {
    return switch (peers) {
      case Peers.Of of -> of::policy;
      case Peers.OfFile in -> new PolicyInFile(in.file())::now;
    };
  }

  /**
   * What this process runs in.
   *
   * @param programs that see what this process sees. Hardware measures them with the whole image
   *     that they are in; the simulated TEE measures the class path, and so them for themselves
   * @throws TeexException {@code UNAVAILABLE} if no TEE is found and none is simulated
   */
  public Tee tee(
      Class<?> mainClass, List<Path> programs, InstantSource clock, SecureRandom random) {
    return tee(
        mainClass,
        programs,
        new EvidenceSources(Path.of("/"), OptionalInt.empty(), random),
        clock,
        random);
  }

  Tee tee(
      Class<?> mainClass,
      List<Path> programs,
      EvidenceSources sources,
      InstantSource clock,
      SecureRandom random) {
    return switch (hardware) {
      case Hardware.Simulated(Path directory) -> {
        SimulatedPlatform platform =
            SimulatedPlatform.openOrCreate(directory, clock.instant(), random);
        yield platform.tee(platform.measureThisProcess(mainClass, programs));
      }
      case Hardware.Found() -> PlatformTee.open(found(sources), random);
    };
  }

  private static PlatformSource found(EvidenceSources sources) {
    try {
      return sources.require();
    } catch (TeexException e) {
      throw new TeexException(
          e.code(),
          e.getMessage()
              + "; run it in one of these, or set platform to a directory for a SIMULATED one, which protects nothing",
          e);
    }
  }

  /**
   * Opens what this process is, with the signing key that is sealed in {@code data}.
   *
   * @throws TeexException {@code SEALING_UNAVAILABLE} in a TEE that lets nobody keep a key; {@code
   *     STORE_CORRUPT} if another measurement or platform sealed this one
   */
  public NodeIdentity identity(
      Role role, Class<?> mainClass, InstantSource clock, SecureRandom random) {
    NodeIdentity identity =
        NodeIdentity.open(role, tee(mainClass, List.of(), clock, random), data, clock, random);
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
