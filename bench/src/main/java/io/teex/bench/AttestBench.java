package io.teex.bench;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.market.Progress;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What does it cost to believe a TEE? Verification of genuine TDX and SNP evidence on one thread,
 * beside another verifier in the same run; and the CPU time of an attested handshake beside plain
 * mutual TLS. "Cached" means that collateral and certificate chains were verified for an earlier
 * quote of the same platform and are remembered by their bytes; what is new each time is verified
 * each time: the quote's or report's own signature, every validity, revocation and policy check.
 */
public final class AttestBench {
  private static final String TDX = "tdx/dcap-qvl-tdx-b0c06f000000";
  private static final Instant TDX_TIME = Instant.parse("2025-07-04T10:00:00Z");
  private static final String SNP = "snp/milan-v5-gcp";
  private static final Instant SNP_TIME = Instant.parse("2026-01-04T06:04:27Z");

  /**
   * How much is measured.
   *
   * @param warmUp verifications before anything counts
   * @param count verifications that count
   * @param peerWarmUp runs of the peer, which takes a hundred times as long
   * @param handshakes after some to warm up
   */
  public record Size(int warmUp, int count, int peerWarmUp, int peerCount, int handshakes) {
    public static final Size FULL = new Size(5_000, 5_000, 50, 200, 500);
  }

  private final Vectors vectors;
  private final QuotePeer peer;
  private final Size size;
  private final Progress progress;
  private final List<BenchReport.Row> rows = new ArrayList<>();

  private AttestBench(Vectors vectors, Path home, Size size, Progress progress) {
    this.vectors = vectors;
    this.peer = new QuotePeer(home);
    this.size = size;
    this.progress = progress;
  }

  /**
   * @param home the directory that holds {@code node_modules/}
   * @param directory an empty one
   * @throws io.teex.protocol.TeexException {@code DEPENDENCY_MISSING} if there is no genuine
   *     evidence, or no peer
   */
  public static BenchReport run(Path home, Path directory, Size size, Progress progress)
      throws IOException, InterruptedException {
    AttestBench bench = new AttestBench(Vectors.fromEnvironment(), home, size, progress);
    bench.tdx();
    bench.snp();
    bench.handshake(directory);
    return new BenchReport("attest", bench.rows);
  }

  private void tdx() throws IOException, InterruptedException {
    Path quote = vectors.file(TDX, "quote.bin");
    Path documents = vectors.file(TDX, "collateral.json");
    Evidence evidence = evidence(TeeKind.TDX, quote);
    Collateral collateral = CollateralFile.read(documents);
    progress.step("verifying a TDX quote, collateral cached");
    double cached = median(evidence, collateral, TDX_TIME, new Verifier());
    progress.step("verifying it with " + QuotePeer.NAME);
    double others =
        median(peer.micros(quote, documents, TDX_TIME, size.peerWarmUp(), size.peerCount()));
    rows.add(
        BenchReport.Row.lessIsBetter(
            "TDX quote, collateral cached, median", cached, "µs", QuotePeer.NAME, others));
  }

  private void snp() throws IOException {
    Evidence evidence = evidence(TeeKind.SNP, vectors.file(SNP, "report.bin"));
    byte[] vek = Files.readAllBytes(vectors.file(SNP, "vek.der"));
    progress.step("verifying an SNP report, certificate chain cached");
    double cached =
        median(
            evidence,
            new Collateral(Map.of(CollateralName.VEK, Bytes.of(vek))),
            SNP_TIME,
            new Verifier());
    rows.add(BenchReport.Row.alone("SNP report, chain cached, median", cached, "µs"));
  }

  private void handshake(Path directory) throws IOException {
    progress.step("attested handshakes, and plain mutual TLS");
    HandshakeBench.Result result =
        HandshakeBench.run(directory.resolve("platform"), size.handshakes());
    rows.add(
        BenchReport.Row.lessIsBetter(
            "attested handshake, both ends, CPU, simulated evidence",
            result.attestedMicros(),
            "µs",
            "plain mutual TLS 1.3",
            result.plainMicros()));
    rows.add(
        BenchReport.Row.alone(
            "CPU that attestation adds, both ends",
            result.attestedMicros() - result.plainMicros(),
            "µs"));
  }

  private double median(Evidence evidence, Collateral collateral, Instant at, Verifier verifier) {
    TimeInterval time = TimeInterval.at(at);
    Policy policy = Policy.strict();
    List<Double> micros = new ArrayList<>();
    for (int i = 0; i < size.warmUp() + size.count(); i++) {
      long start = System.nanoTime();
      Verdict verdict = verifier.appraise(evidence, collateral, time, policy);
      double took = (System.nanoTime() - start) / 1e3;
      if (!verdict.accepted()) {
        throw new IllegalStateException("genuine evidence was refused: " + verdict);
      }
      if (i >= size.warmUp()) {
        micros.add(took);
      }
    }
    return median(micros);
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static Evidence evidence(TeeKind kind, Path file) throws IOException {
    return new Evidence(kind, Bytes.of(Files.readAllBytes(file)));
  }
}
