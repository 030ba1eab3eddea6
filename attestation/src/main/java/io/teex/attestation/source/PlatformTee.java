package io.teex.attestation.source;

import io.teex.attestation.Claims;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.SealingKeys;
import io.teex.attestation.Tee;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The TEE on real hardware that this process runs in. What it is measured as and on which machine
 * is what its own evidence says when it starts, read as a peer's is; nobody has to believe it here,
 * since peers judge the evidence and not what we think of ourselves.
 */
public final class PlatformTee implements Tee {
  private static final System.Logger LOG = System.getLogger(PlatformTee.class.getName());
  private static final String USE_PREFIX = "TEEX-SEAL-1:";

  private final PlatformSource source;
  private final Claims own;
  private @Nullable SecretBytes sealingSecret;

  private PlatformTee(PlatformSource source, Claims own) {
    this.source = source;
    this.own = own;
  }

  /**
   * Asks the platform for evidence about this process.
   *
   * @throws TeexException {@code UNAVAILABLE} if it gives none that can be read
   */
  public static PlatformTee open(PlatformSource source, RandomGenerator random) {
    byte[] fresh = new byte[ReportData.SIZE];
    random.nextBytes(fresh);
    ReportData asked = new ReportData(Bytes.of(fresh));
    Endorsed endorsed = source.endorsed(asked);
    // Whether it is genuine and current is for others to ask: here only what it says counts.
    Verdict verdict =
        new Verifier()
            .appraise(
                endorsed.evidence(),
                endorsed.collateral(),
                TimeInterval.at(Instant.EPOCH),
                Policy.strict());
    Claims own =
        verdict
            .claims()
            .orElseThrow(
                () -> unavailable(source, "cannot be read: %s".formatted(verdict.explanation())));
    if (!own.reportData().sameAs(asked)) {
      throw unavailable(source, "vouches for something else than it was asked for");
    }
    LOG.log(
        System.Logger.Level.INFO,
        "this process runs in {0} ({1}), measured as {2}",
        own.kind(),
        source.name(),
        own.measurement());
    return new PlatformTee(source, own);
  }

  private static TeexException unavailable(PlatformSource source, String what) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "the evidence from %s %s".formatted(source.name(), what));
  }

  @Override
  public TeeKind kind() {
    return own.kind();
  }

  @Override
  public Measurement measurement() {
    return own.measurement();
  }

  @Override
  public Bytes platformId() {
    return own.platformId();
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    return source.endorsed(reportData);
  }

  @Override
  public SecretBytes sealingKey(String label) {
    return SealingKeys.derive(sealingSecret(), own.measurement(), USE_PREFIX + label);
  }

  /**
   * Asked for when it is first needed, since workers never do; then kept, as platforms are slow.
   */
  private synchronized SecretBytes sealingSecret() {
    SecretBytes known = sealingSecret;
    if (known != null) {
      return known;
    }
    SealingSecret secret =
        source
            .sealing()
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.SEALING_UNAVAILABLE,
                    "%s gives a process no sealing key, so what has to outlive it cannot be kept: run managers, TEE-DS nodes and dispatchers in SGX under Gramine or in SEV-SNP (docs/attestation.md)"
                        .formatted(own.kind())));
    try {
      SecretBytes got = secret.get(own);
      sealingSecret = got;
      return got;
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.SEALING_UNAVAILABLE,
          "no sealing key from %s: %s".formatted(source.name(), e.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return "PlatformTee[%s, %s]".formatted(source.name(), own.measurement());
  }
}
