package io.teex.bench;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Role;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The CPU time of a mutual TLS 1.3 handshake, both ends together, and what it takes more to attest
 * it as TEEX's channels do: each end judges the evidence in the other's certificate, makes fresh
 * evidence over the other's nonce and this connection's exporter, and judges the other's. The
 * evidence is simulated: with hardware each judgement costs what verifying it costs.
 */
final class HandshakeBench {
  private static final byte[] NONCE = new byte[32];
  private static final int EXPORTER_BYTES = 32;
  private static final int WARM_UP = 1_500;

  /** Microseconds of CPU, medians. */
  record Result(double plainMicros, double attestedMicros) {}

  private final SecureRandom random = new SecureRandom();
  private final Instant now = Instant.now();
  private final TimeInterval time = TimeInterval.at(now);
  private final Verifier verifier = new Verifier();
  private final Policy policy;
  private final TlsEnd client;
  private final TlsEnd server;

  private HandshakeBench(Path directory) throws GeneralSecurityException, IOException {
    SimulatedPlatform platform = SimulatedPlatform.openOrCreate(directory, now, random);
    Measurement measurement = Measurement.of(new byte[Measurement.SIZE]);
    policy =
        Policy.simulated(
            "bench",
            Set.of(platform.root()),
            Map.of(Role.WORKER, Set.of(measurement), Role.STORE, Set.of(measurement)));
    Tee tee = platform.tee(measurement);
    client = TlsEnd.create(Role.WORKER, tee, now, random);
    server = TlsEnd.create(Role.STORE, tee, now, random);
  }

  /**
   * @param directory for the simulated platform; it must not exist yet
   */
  static Result run(Path directory, int count) throws IOException {
    try {
      HandshakeBench bench = new HandshakeBench(directory);
      bench.medians(WARM_UP);
      return bench.medians(count);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  private Result medians(int count) throws GeneralSecurityException, SSLException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Double> plain = new ArrayList<>();
    List<Double> attested = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SSLEngine here = client.engine(true);
      SSLEngine there = server.engine(false);
      long start = threads.getCurrentThreadCpuTime();
      Loopback.handshake(here, there);
      long connected = threads.getCurrentThreadCpuTime();
      attest(server, here);
      attest(client, there);
      long done = threads.getCurrentThreadCpuTime();
      plain.add((connected - start) / 1e3);
      attested.add((done - start) / 1e3);
    }
    return new Result(AttestBench.median(plain), AttestBench.median(attested));
  }

  /** What {@code judge} does about {@code peer}, and what the peer does for it. */
  private void attest(TlsEnd peer, SSLEngine judge) throws SSLException {
    X509Certificate certificate = (X509Certificate) judge.getSession().getPeerCertificates()[0];
    RaTls.requireStructure(certificate, time);
    require(
        RaTls.evidence(certificate),
        new Expected(RaTls.binding(certificate, peer.role()), peer.role()));
    byte[] exporter =
        ((ExtendedSSLSession) judge.getSession())
            .exportKeyingMaterialData(
                "EXPORTER-TEEX-BENCH-" + peer.role(), new byte[0], EXPORTER_BYTES);
    ReportData expected =
        ReportData.of(peer.role(), certificate.getPublicKey().getEncoded(), NONCE, exporter);
    require(peer.tee().evidence(expected), new Expected(expected, peer.role()));
  }

  private void require(Evidence evidence, Expected expected) {
    Verdict verdict = verifier.verify(evidence, Collateral.none(), time, policy, expected);
    if (!verdict.accepted()) {
      throw new IllegalStateException("our own evidence was refused: " + verdict);
    }
  }
}
