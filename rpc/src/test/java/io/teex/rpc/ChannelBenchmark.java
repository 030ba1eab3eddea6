package io.teex.rpc;

import com.google.protobuf.ByteString;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.teex.protocol.Role;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLEngine;

/**
 * Answers two questions: what does a call on an attested channel cost once it is warm, and what
 * does attestation add to the CPU time of a mutual TLS handshake, both sides together? Both ends
 * are in this process. Run it by itself: {@code java -cp <test class path>
 * io.teex.rpc.ChannelBenchmark}.
 */
final class ChannelBenchmark {
  private static final int CALLS = 20_000;
  private static final int HANDSHAKES = 300;
  private static final PrintStream OUT = System.out;

  private ChannelBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("teex-bench");
    Fixture fixture = new Fixture(directory.resolve("platform"));
    calls(fixture);
    handshakes(fixture);
    connections(fixture);
  }

  private static void calls(Fixture fixture) {
    GetRequest request = GetRequest.newBuilder().setKey(ByteString.copyFrom(new byte[256])).build();
    try (AttestedServer server = fixture.storeServing(new EchoStore());
        AttestedChannel channel = fixture.channel(server).as(fixture.node(Role.WORKER)).open()) {
      for (int round = 0; round < 3; round++) {
        long[] nanos = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
          long start = System.nanoTime();
          channel.call(StoreGrpc.getGetMethod(), request);
          nanos[i] = System.nanoTime() - start;
        }
        print("unary call, 256 bytes, round " + round, nanos);
      }
    }
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    OUT.printf(
        Locale.ROOT,
        "%-48s p50 %7.1f us   p99 %7.1f us%n",
        what,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 99 / 100] / 1e3);
  }

  /** CPU time of this thread, which plays both ends. */
  private static void handshakes(Fixture fixture) throws IOException {
    Attestor attestor = fixture.attestor();
    NodeIdentity worker = fixture.node(Role.WORKER);
    NodeIdentity store = fixture.node(Role.STORE);
    Tls client = Tls.client(worker, attestor, Fixture.RANDOM);
    Tls server = Tls.server(store, attestor, Fixture.RANDOM);
    byte[] nonce = new byte[32];
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 3; round++) {
      long[] tls = new long[HANDSHAKES];
      long[] attestation = new long[HANDSHAKES];
      for (int i = 0; i < HANDSHAKES; i++) {
        long start = threads.getCurrentThreadCpuTime();
        SSLEngine here = client.newEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 1);
        SSLEngine there = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
        Engines.handshake(here, there);
        long connected = threads.getCurrentThreadCpuTime();
        byte[] down = Exporter.SERVER.of(here.getSession());
        byte[] up = Exporter.CLIENT.of(here.getSession());
        attestor.judge(
            Proof.of(
                Role.STORE, store.certificate(), store.prove(nonce, down), nonce, down, "store"));
        attestor.judge(
            Proof.of(
                Role.WORKER, worker.certificate(), worker.prove(nonce, up), nonce, up, "worker"));
        attestation[i] = threads.getCurrentThreadCpuTime() - connected;
        tls[i] = connected - start;
      }
      print("CPU of mutual TLS 1.3, both ends, round " + round, tls);
      print("CPU of evidence and verdicts, both ends, round " + round, attestation);
    }
  }

  private static void connections(Fixture fixture) {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (AttestedServer server = fixture.storeServing(new EchoStore())) {
      long[] nanos = new long[HANDSHAKES];
      for (int i = 0; i < HANDSHAKES; i++) {
        long start = System.nanoTime();
        try (AttestedChannel channel = fixture.channel(server).as(worker).open()) {
          channel.connect(Fixture.PATIENCE);
          nanos[i] = System.nanoTime() - start;
        }
      }
      print("connect and prove, both ways, wall", nanos);
    }
  }
}
