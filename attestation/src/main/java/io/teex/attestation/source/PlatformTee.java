package io.teex.attestation.source;

import io.teex.attestation.Claims;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
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
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** What is said of a report whose certificate is another key's. */
  private static final Set<Reason> OF_ANOTHER_KEY =
      EnumSet.of(
          Reason.CERTIFICATE_INVALID,
          Reason.COLLATERAL_MISMATCH,
          Reason.VEK_TCB_MISMATCH,
          Reason.CHIP_ID_MISMATCH,
          Reason.REPORT_SIGNATURE_INVALID);

  private final PlatformSource source;
  private final Claims own;
  private final AtomicBoolean told = new AtomicBoolean();
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
    Verdict verdict = appraise(endorsed);
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

  /**
   * The evidence with what the platform gives along, unless that is a certificate of another key or
   * TCB: hosts forget to renew it after an update, and a verifier finds the right one only if
   * nobody shows it the wrong one.
   */
  @Override
  public Endorsed endorsed(ReportData reportData) {
    Endorsed endorsed = source.endorsed(reportData);
    if (endorsed.collateral().find(CollateralName.VEK).isEmpty()) {
      return endorsed;
    }
    Verdict verdict = appraise(endorsed);
    if (Collections.disjoint(verdict.reasons(), OF_ANOTHER_KEY)) {
      return endorsed;
    }
    if (!told.getAndSet(true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the certificate that the host gives does not fit the report and stays here: {0}",
          verdict.explanation());
    }
    return Endorsed.bare(endorsed.evidence());
  }

  /** Reads what it says. Dates and policy are for those to judge who are shown it. */
  private static Verdict appraise(Endorsed endorsed) {
    return new Verifier()
        .appraise(
            endorsed.evidence(),
            endorsed.collateral(),
            TimeInterval.at(Instant.EPOCH),
            Policy.strict());
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
