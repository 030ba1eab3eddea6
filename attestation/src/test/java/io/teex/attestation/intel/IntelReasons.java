package io.teex.attestation.intel;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.SgxPolicy;
import io.teex.attestation.SnpPolicy;
import io.teex.attestation.TcbPolicy;
import io.teex.attestation.TdxPolicy;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One way for each reason that a quote of Intel's is refused for, with nothing else wrong. */
public final class IntelReasons {
  private static final String EVENT =
      "[{\"imr\":3,\"event_type\":134217729,\"digest\":\"\",\"event\":\"a\",\"event_payload\":\"\"}]";

  private final Map<Reason, List<Check>> cases = new EnumMap<>(Reason.class);

  private IntelReasons() {}

  public static Map<Reason, List<Check>> all() {
    IntelReasons reasons = new IntelReasons();
    reasons.quotes();
    reasons.certificates();
    reasons.collateral();
    reasons.platforms();
    return reasons.cases;
  }

  private void quotes() {
    quote(Reason.MALFORMED, bytes -> Arrays.copyOf(bytes, 500));
    quote(Reason.UNSUPPORTED_VERSION, bytes -> changed(bytes, 0));
    quote(Reason.QUOTE_SIGNATURE_INVALID, bytes -> changed(bytes, 48 + 520));
    platform(Reason.UNSUPPORTED_CERTIFICATION_DATA, one -> one.certificationType = 3);
    // The signature of the quoting enclave's report is behind the quote's and the key.
    quote(
        Reason.QE_SIGNATURE_INVALID,
        bytes -> changed(bytes, 48 + TdReport.SIZE_1_0 + 4 + 128 + 6 + SgxReport.SIZE));
    platform(Reason.QE_BINDING_INVALID, one -> one.qeReport = report -> report[320] ^= 1);
    platform(Reason.QE_IDENTITY_MISMATCH, one -> one.qeReport = report -> report[128] ^= 1);
    platform(Reason.DEBUG_ENABLED, one -> one.body = report -> report[120] |= 1);
  }

  private void certificates() {
    platform(
        Reason.UNTRUSTED_ROOT,
        one -> one.documentRoot = Optional.of(FakeAuthority.of("Intel SGX Root CA")));
    platform(
        Reason.CERTIFICATE_INVALID,
        one -> one.pck = certificate -> certificate.withAuthority(true));
    platform(
        Reason.CERTIFICATE_EXPIRED, one -> one.pck = certificate -> certificate.withWindow(past()));
    platform(
        Reason.CERTIFICATE_REVOKED,
        one ->
            one.pckCrl = Optional.of(one.issuer.crl(FakePlatform.WINDOW, FakePlatform.PCK_SERIAL)));
  }

  private void collateral() {
    without(Reason.CRL_MISSING, CollateralName.PCK_CRL);
    without(Reason.COLLATERAL_MISSING, CollateralName.TCB_INFO);
    platform(
        Reason.COLLATERAL_EXPIRED,
        one -> one.documentSigner = certificate -> certificate.withWindow(past()));
    platform(
        Reason.COLLATERAL_NOT_YET_VALID,
        one ->
            one.pckCrl =
                Optional.of(
                    one.issuer.crl(
                        FakeAuthority.year(FakePlatform.NOW.plusSeconds(86_400 * 400L)))));
    platform(
        Reason.COLLATERAL_SIGNATURE_INVALID,
        one -> one.pckCrl = Optional.of(one.root.crl(FakePlatform.WINDOW)));
    platform(
        Reason.COLLATERAL_MISMATCH,
        one -> one.tcbInfo = text -> text.replace("00806F050000", "00806F050001"));
    judged(
        Reason.EVENT_LOG_MISMATCH,
        platform(),
        UnaryOperator.identity(),
        Map.of(CollateralName.EVENT_LOG, Bytes.of(EVENT.getBytes(StandardCharsets.US_ASCII))),
        "");
  }

  private void platforms() {
    platform(Reason.TDX_MODULE_MISMATCH, one -> one.modules = FakePlatform.module("TDX_02"));
    platform(Reason.TCB_LEVEL_NOT_FOUND, one -> one.pceSvn = 10);
    platform(
        Reason.TCB_STATUS, one -> one.levels = one.level(5, "2026-01-01", "SWHardeningNeeded"));
    platform(Reason.SVN_TOO_LOW, one -> one.policy = policy(TdxPolicy.ANY, 18));
    platform(
        Reason.ATTRIBUTES_NOT_ALLOWED,
        one -> {
          one.body = report -> report[123] = 0;
          one.policy =
              policy(
                  new TdxPolicy(
                      true,
                      TdxPolicy.ANY.attributesMax(),
                      TdxPolicy.ANY.xfamMax(),
                      TdxPolicy.ANY.mrSeams(),
                      TdxPolicy.ANY.teeTcbSvnMin()),
                  0);
        });
  }

  private static PlatformPolicy policy(TdxPolicy tdx, int evaluation) {
    TcbPolicy strict = TcbPolicy.STRICT;
    return new PlatformPolicy(
        new TcbPolicy(strict.statuses(), strict.advisories(), strict.grace(), evaluation),
        SgxPolicy.STRICT,
        tdx,
        SnpPolicy.ANY);
  }

  private static Window past() {
    return FakeAuthority.year(FakePlatform.NOW.minusSeconds(86_400 * 400L));
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  private static FakePlatform platform() {
    return new FakePlatform(TeeKind.TDX, 4);
  }

  private void platform(Reason reason, Consumer<FakePlatform> change) {
    FakePlatform one = platform();
    change.accept(one);
    cases.put(reason, one.appraise().checks());
  }

  private void quote(Reason reason, UnaryOperator<byte[]> change) {
    judged(reason, platform(), change, Map.of(), "");
  }

  private void without(Reason reason, String document) {
    judged(reason, platform(), UnaryOperator.identity(), Map.of(), document);
  }

  private void judged(
      Reason reason,
      FakePlatform one,
      UnaryOperator<byte[]> quote,
      Map<String, Bytes> more,
      String without) {
    Map<String, Bytes> documents = new java.util.HashMap<>(one.collateral().documents());
    documents.putAll(more);
    documents.remove(without);
    Checks checks = new Checks();
    new IntelAppraiser(one.kind, one.pinned)
        .appraise(
            Bytes.of(quote.apply(one.quote().copy())),
            new Collateral(documents),
            one.time,
            Policy.strict(),
            checks);
    cases.put(reason, checks.answers());
  }
}
