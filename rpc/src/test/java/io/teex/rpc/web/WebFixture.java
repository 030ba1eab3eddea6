package io.teex.rpc.web;

import io.grpc.stub.StreamObserver;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.KeyValue;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.RangeResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import io.teex.rpc.proto.StoreStatusResponse;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A node that is called over HTTP, and a clock for both sides. */
final class WebFixture implements AutoCloseable {
  static final SecureRandom RANDOM = new SecureRandom();

  final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  final SimulatedPlatform platform;
  final Policy policy;
  final NodeIdentity identity;
  final EchoStore store;
  final AttestedServer server;
  final WebServer web;

  WebFixture(Path directory) {
    this(directory, new EchoStore(), calls -> calls, http -> http);
  }

  WebFixture(
      Path directory,
      EchoStore store,
      UnaryOperator<AttestedServer.Builder> calls,
      UnaryOperator<WebServer.Builder> http) {
    this.store = store;
    platform = SimulatedPlatform.openOrCreate(directory, now.get(), RANDOM);
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role)));
    }
    policy = Policy.simulated("test", Set.of(platform.root()), measurements);
    identity = node(Role.STORE, measurement(Role.STORE));
    server =
        calls
            .apply(AttestedServer.as(identity, policy))
            .service(
                store, Access.none().users("Get").anybody("Status").nodes("Range", Role.WORKER))
            .clock(now::get)
            .start();
    web = http.apply(WebServer.as(identity, server.anonymousCalls()).clock(now::get)).start();
  }

  static Measurement measurement(Role role) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) role.code());
    return Measurement.of(value);
  }

  NodeIdentity node(Role role, Measurement measurement) {
    return NodeIdentity.create(
        role, platform.tee(measurement), SigningKey.generate(RANDOM), now::get, RANDOM);
  }

  URI uri() {
    return URI.create("http://" + web.endpoint());
  }

  SealedCaller.Builder caller() {
    return caller(uri());
  }

  SealedCaller.Builder caller(URI base) {
    return SealedCaller.to(base, Role.STORE, policy).clock(now::get);
  }

  void passes(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Override
  public void close() {
    web.close();
    server.close();
  }

  /** Answers with what it was asked, or as it is told. */
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
