package io.teex.rpc;

import io.grpc.stub.StreamObserver;
import io.teex.attestation.Decisions;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.KeyValue;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.RangeResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import io.teex.rpc.proto.StoreStatusResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Nodes of every role on one simulated platform, and a service to call. */
final class Fixture {
  static final InstantSource CLOCK = InstantSource.system();

  static final SecureRandom RANDOM = new SecureRandom();
  static final Duration PATIENCE = Duration.ofSeconds(10);

  final SimulatedPlatform platform;
  final Policy policy;

  /** The time, believed. */
  static TimeInterval now() {
    return TimeInterval.at(CLOCK.instant());
  }

  Fixture(Path directory) {
    platform = SimulatedPlatform.openOrCreate(directory, CLOCK.instant(), RANDOM);
    policy = policyOf(platform);
  }

  /** The measurement that stands for the genuine code of a role. */
  static Measurement measurement(Role role) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) role.code());
    return Measurement.of(value);
  }

  static Policy policyOf(SimulatedPlatform platform) {
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role)));
    }
    return Policy.simulated("test", Set.of(platform.root()), measurements);
  }

  NodeIdentity node(Role role) {
    return node(role, measurement(role));
  }

  NodeIdentity node(Role role, Measurement measurement) {
    return NodeIdentity.create(
        role, platform.tee(measurement), SigningKey.generate(RANDOM), CLOCK, RANDOM);
  }

  Attestor attestor() {
    return new Attestor(Grounds.fixed(policy, CLOCK), Decisions.NOT_KEPT);
  }

  AttestedServer.Builder server(Role role) {
    return AttestedServer.as(node(role), policy);
  }

  /** A store whose {@code Get} runs {@code get}, open to workers, and {@code Status} to anybody. */
  AttestedServer storeServing(EchoStore store) {
    return server(Role.STORE)
        .service(store, Access.none().nodes("Get", Role.WORKER).anybody("Status"))
        .start();
  }

  AttestedChannel.Builder channel(AttestedServer server) {
    return AttestedChannel.to(server.endpoint(), Role.STORE, policy);
  }

  /** Counts its calls and answers as it is told. */
  static final class EchoStore extends StoreGrpc.StoreImplBase {
    final AtomicInteger calls = new AtomicInteger();
    private final Function<GetRequest, GetResponse> get;

    EchoStore() {
      this(request ->
          GetResponse.newBuilder()
              .setEntry(KeyValue.newBuilder().setKey(request.getKey()))
              .build());
    }

    EchoStore(Function<GetRequest, GetResponse> get) {
      this.get = get;
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> answer) {
      calls.incrementAndGet();
      Reply.send(answer, get.apply(request));
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      calls.incrementAndGet();
      Reply.send(answer, RangeResponse.getDefaultInstance());
    }

    @Override
    public void status(StoreStatusRequest request, StreamObserver<StoreStatusResponse> answer) {
      calls.incrementAndGet();
      Reply.send(
          answer,
          StoreStatusResponse.newBuilder()
              .setRollbackProtection(Peer.current().getClass().getSimpleName())
              .build());
    }
  }
}
