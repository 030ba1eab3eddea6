package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resumed session would skip the verifier, so every connection makes a full handshake. */
final class ResumptionTest {
  @TempDir Path directory;
  private Fixture fixture;
  private Attestor attestor;

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
    attestor = fixture.attestor();
  }

  /** A peer that keeps sessions as the JDK does by default, and counts full handshakes. */
  private static final class Counting implements X509TrustManager {
    private final AtomicInteger certificates = new AtomicInteger();
    private final SSLContext context;

    Counting(NodeIdentity identity) throws Exception {
      context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new IdentityKeyManager(identity)},
          new TrustManager[] {this},
          Fixture.RANDOM);
    }

    SSLEngine client() {
      SSLEngine engine = context.createSSLEngine("127.0.0.1", 4433);
      engine.setUseClientMode(true);
      return withHttp2(engine);
    }

    SSLEngine server() {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      engine.setNeedClientAuth(true);
      return withHttp2(engine);
    }

    private static SSLEngine withHttp2(SSLEngine engine) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      engine.setSSLParameters(parameters);
      return engine;
    }

    /** A resumed session shows no certificate. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      certificates.incrementAndGet();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      certificates.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void twoPeersThatKeepSessionsDoResume() throws Exception {
    Counting client = new Counting(fixture.node(Role.WORKER));
    Counting server = new Counting(fixture.node(Role.STORE));

    Engines.handshake(client.client(), server.server());
    Engines.handshake(client.client(), server.server());

    assertThat(client.certificates).hasValue(1);
    assertThat(server.certificates).hasValue(1);
  }

  @Test
  void ourServerResumesNothing() throws Exception {
    Tls server = Tls.server(fixture.node(Role.STORE), attestor, Fixture.RANDOM);
    Counting client = new Counting(fixture.node(Role.WORKER));
    for (int connection = 1; connection <= 3; connection++) {
      SSLEngine end = server.newEngine(UnpooledByteBufAllocator.DEFAULT);

      Engines.handshake(client.client(), end);

      assertThat(client.certificates).hasValue(connection);
      assertBothShown(end);
    }
  }

  @Test
  void ourClientResumesNothing() throws Exception {
    Tls client = Tls.client(fixture.node(Role.WORKER), attestor, Fixture.RANDOM);
    Counting server = new Counting(fixture.node(Role.STORE));
    for (int connection = 1; connection <= 3; connection++) {
      SSLEngine end = client.newEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 4433);

      Engines.handshake(end, server.server());

      assertThat(server.certificates).hasValue(connection);
      assertBothShown(end);
    }
  }

  private static void assertBothShown(SSLEngine end) throws SSLException {
    assertThat(end.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(end.getSession().getPeerCertificates()).hasSize(1);
    assertThat(end.getSession().getLocalCertificates()).hasSize(1);
  }

  @Test
  void bothEndsExportTheSameBytesAndEveryConnectionOthers() throws Exception {
    Tls server = Tls.server(fixture.node(Role.STORE), attestor, Fixture.RANDOM);
    Tls client = Tls.client(fixture.node(Role.WORKER), attestor, Fixture.RANDOM);
    SSLEngine here = client.newEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 4433);
    SSLEngine there = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
    SSLEngine next = client.newEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 4433);

    Engines.handshake(here, there);
    Engines.handshake(next, server.newEngine(UnpooledByteBufAllocator.DEFAULT));

    byte[] exported = Exporter.CLIENT.of(here.getSession());
    assertThat(Exporter.CLIENT.of(there.getSession())).isEqualTo(exported).hasSize(32);
    assertThat(Exporter.SERVER.of(there.getSession()))
        .isEqualTo(Exporter.SERVER.of(here.getSession()))
        .isNotEqualTo(exported);
    assertThat(Exporter.CLIENT.of(next.getSession())).isNotEqualTo(exported);
  }
}
