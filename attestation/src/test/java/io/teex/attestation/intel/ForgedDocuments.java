package io.teex.attestation.intel;

import io.teex.attestation.Collateral;
import io.teex.protocol.TeeKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Intel's documents as somebody else signs them: of the right names and forms, about the right
 * platform, and newer than all genuine ones. The platform is a TDX one of FMSPC 00806f050000.
 */
public final class ForgedDocuments {
  private final FakePlatform platform = new FakePlatform(TeeKind.TDX, 4);
  private final Window window;

  /**
   * @param issued in 2026, before September
   */
  public ForgedDocuments(Instant issued) {
    window = new Window(issued, issued.plus(Duration.ofDays(30)));
    platform.tcbInfo = this::renewed;
    platform.qeIdentity = this::renewed;
    platform.rootCrl = Optional.of(platform.root.crl(window));
    platform.pckCrl = Optional.of(platform.issuer.crl(window));
  }

  private String renewed(String document) {
    return document
        .replace(FakePlatform.WINDOW.from().toString(), window.from().toString())
        .replace(FakePlatform.WINDOW.to().toString(), window.to().toString())
        .replaceFirst("\"tcbEvaluationDataNumber\":[0-9]+", "\"tcbEvaluationDataNumber\":99");
  }

  public Collateral all() {
    return platform.collateral();
  }

  /** The same where the root has revoked who signed the TCB information. */
  public Collateral afterRevokingTheTcbSigner(Instant now) {
    platform.rootCrl =
        Optional.of(
            platform.root.crl(
                new Window(now, now.plus(Duration.ofDays(30))), FakePlatform.TCB_SIGNER_SERIAL));
    return platform.collateral();
  }

  /** What takes their root for Intel's. */
  public IntelCollateral believer() {
    return new IntelCollateral(platform.pinned);
  }
}
