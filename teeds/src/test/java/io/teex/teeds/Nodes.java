package io.teex.teeds;

import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TypedData;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Nodes of every role on one simulated platform, and a manager's key to certify them. */
final class Nodes {
  /** Half of it is less than what a node's clock may be set by before it trusts it no more. */
  static final Duration CERTIFICATE_LIFE = Duration.ofMinutes(8);

  static final SecureRandom RANDOM = new SecureRandom();
  static final Domain DOMAIN = new Domain(31337, new Address(Bytes.of(Keys.filled(20, 9).copy())));

  final SigningKey manager = SigningKey.generate(RANDOM);
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  final InstantSource clock = now::get;
  final FakeRegistry registry = new FakeRegistry();
  final Policy policy;
  private final SimulatedPlatform platform;

  Nodes(Path directory) {
    platform = SimulatedPlatform.openOrCreate(directory, Instant.now(), RANDOM);
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role)));
    }
    policy = Policy.simulated("test", Set.of(platform.root()), measurements);
  }

  private static Measurement measurement(Role role) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) role.code());
    return Measurement.of(value);
  }

  NodeIdentity node(Role role) {
    return NodeIdentity.create(
        role,
        platform.tee(measurement(role)),
        SigningKey.generate(RANDOM),
        InstantSource.system(),
        RANDOM);
  }

  Signed<NodeCertificate> certificate(NodeIdentity node) {
    return certificate(node, manager);
  }

  Signed<NodeCertificate> certificate(NodeIdentity node, SigningKey signer) {
    return certificate(node.role(), node.tlsKeyHash(), node.address(), signer);
  }

  Signed<NodeCertificate> certificate(
      Role role, Bytes32 tlsKeyHash, Address address, SigningKey signer) {
    NodeCertificate certificate =
        new NodeCertificate(
            role,
            tlsKeyHash,
            address,
            address,
            measurement(role).value(),
            Bytes32.ZERO,
            TcbStatus.UP_TO_DATE,
            1,
            now.get().plus(CERTIFICATE_LIFE).getEpochSecond());
    return new Signed<>(certificate, signer.sign(TypedData.hash(DOMAIN, certificate)));
  }

  NodeCertificates certificates() {
    return new NodeCertificates(DOMAIN, manager.address(), () -> TimeInterval.at(clock.instant()));
  }

  AttestedServer serve(Store store) {
    return serve(store, new Endpoint("127.0.0.1", 0));
  }

  AttestedServer serve(Store store, Quota quota) {
    return serve(store, new Endpoint("127.0.0.1", 0), quota);
  }

  AttestedServer serve(Store store, Endpoint listen) {
    return serve(store, listen, Quota.NONE);
  }

  private AttestedServer serve(Store store, Endpoint listen, Quota quota) {
    Namespaces namespaces = new Namespaces(certificates(), registry);
    return AttestedServer.as(node(Role.STORE), policy)
        .listen(listen)
        .service(new StoreService(store, namespaces, quota), StoreService.ACCESS)
        .requiring(namespaces::requireStanding)
        .start();
  }

  AttestedChannel.Builder channel(Endpoint endpoint) {
    return AttestedChannel.to(endpoint, Role.STORE, policy);
  }
}
