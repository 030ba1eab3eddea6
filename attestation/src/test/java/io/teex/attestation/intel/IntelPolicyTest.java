package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.CollateralName;
import io.teex.attestation.Measurement;
import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.SgxPolicy;
import io.teex.attestation.SnpPolicy;
import io.teex.attestation.TcbPolicy;
import io.teex.attestation.TdxPolicy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a policy says of enclaves and trust domains themselves. */
final class IntelPolicyTest {
  private static final Bytes ALL = Bytes.fromHex("ff".repeat(8));
  private static final Bytes NO_SVN = Bytes.of(new byte[16]);

  private final FakePlatform sgx = new FakePlatform(TeeKind.SGX, 3);
  private final FakePlatform tdx = new FakePlatform(TeeKind.TDX, 4);

  @Test
  void refusesWhatCanBeDebugged() {
    sgx.body = report -> report[48] |= 2;
    refuses(sgx, Reason.DEBUG_ENABLED);
    assertThat(sgx.appraise().claims().field("debug")).contains(true);

    tdx.body = report -> report[120] |= 1;
    refuses(tdx, Reason.DEBUG_ENABLED);
    assertThat(tdx.appraise().claims().field("debug")).contains(true);
  }

  @Test
  void refusesTheOtherWaysToLookIntoATrustDomain() {
    for (int bit = 1; bit < 8; bit++) {
      int mask = 1 << bit;
      tdx.body = report -> report[120] |= (byte) mask;

      refuses(tdx, Reason.ATTRIBUTES_NOT_ALLOWED);
    }
  }

  @Test
  void namesEverythingThatIsWrongWithAGenuineTee() {
    sgx.body = report -> report[48] |= 0x12;
    sgx.levels = sgx.level(5, "2024-01-01", "OutOfDate");

    assertThat(sgx.appraise().reasons())
        .containsExactly(Reason.DEBUG_ENABLED, Reason.ATTRIBUTES_NOT_ALLOWED, Reason.TCB_STATUS);
  }

  @Test
  void letsAnEnclaveHaveTheProvisioningKeyOnlyWhereThePolicySaysSo() {
    sgx.body = report -> report[48] |= 0x10;
    refuses(sgx, Reason.ATTRIBUTES_NOT_ALLOWED);

    sgx.policy =
        new PlatformPolicy(TcbPolicy.STRICT, new SgxPolicy(true), TdxPolicy.ANY, SnpPolicy.ANY);
    assertThat(sgx.appraise().reasons()).isEmpty();
  }

  @Test
  void allowsOnlyTheAttributesOfThePolicy() {
    Bytes septOnly = Bytes.fromHex("0000001000000000");
    tdx.policy = policy(new TdxPolicy(false, septOnly, ALL, Set.of(), NO_SVN));
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.body = report -> report[120] |= 1; // DEBUG has a reason of its own.
    refuses(tdx, Reason.DEBUG_ENABLED);
    tdx.body = report -> report[123] |= 0x20; // MIGRATABLE
    refuses(tdx, Reason.ATTRIBUTES_NOT_ALLOWED);
    tdx.body = report -> report[127] |= (byte) 0x80; // PERFMON
    refuses(tdx, Reason.ATTRIBUTES_NOT_ALLOWED);
    tdx.policy = policy(TdxPolicy.ANY);
    assertThat(tdx.appraise().reasons()).isEmpty();
  }

  @Test
  void wantsSeptVeDisableWhereThePolicyDoes() {
    tdx.policy = policy(new TdxPolicy(true, ALL, ALL, Set.of(), NO_SVN));
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.body = report -> report[123] = 0;
    refuses(tdx, Reason.ATTRIBUTES_NOT_ALLOWED);
    tdx.policy = policy(TdxPolicy.ANY);
    assertThat(tdx.appraise().reasons()).isEmpty();
  }

  @Test
  void allowsOnlyTheProcessorFeaturesOfThePolicy() {
    tdx.policy =
        policy(new TdxPolicy(false, ALL, Bytes.fromHex("e702060000000000"), Set.of(), NO_SVN));
    tdx.body = report -> Bytes.fromHex("e702060000000000").copyTo(report, 128);
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.body = report -> Bytes.fromHex("e712060000000000").copyTo(report, 128);
    refuses(tdx, Reason.ATTRIBUTES_NOT_ALLOWED);
  }

  @Test
  void allowsOnlyTheModulesOfThePolicy() {
    Bytes module = Bytes.fromHex("07".repeat(48));
    tdx.policy = policy(new TdxPolicy(false, ALL, ALL, Set.of(module), NO_SVN));
    tdx.body = report -> module.copyTo(report, 16);
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.body = report -> report[16] = 7;
    refuses(tdx, Reason.TDX_MODULE_MISMATCH);
  }

  @Test
  void wantsTheLeastSvnOfThePolicyInEveryByte() {
    tdx.policy =
        policy(
            new TdxPolicy(
                false, ALL, ALL, Set.of(), Bytes.fromHex("0601050000000000" + "00".repeat(8))));
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.policy =
        policy(
            new TdxPolicy(
                false,
                ALL,
                ALL,
                Set.of(),
                Bytes.fromHex("0601050000000000" + "00".repeat(7) + "01")));
    refuses(tdx, Reason.SVN_TOO_LOW);
  }

  @Test
  void namesWhatRunsByAllRegisters() {
    Measurement before = tdx.appraise().claims().measurement();
    for (int register : new int[] {136, 328, 376, 424, 472}) {
      tdx.body = report -> report[register] ^= 1;
      assertThat(tdx.appraise().claims().measurement()).isNotEqualTo(before);
    }
    sgx.body = report -> report[64] = 9;
    assertThat(sgx.appraise().claims().measurement().value().toHex())
        .isEqualTo("09" + "00".repeat(47));
  }

  @Test
  void tellsTheEventsOfALogThatReplaysAndRefusesOneThatDoesNot() {
    VectorCase vector = VectorCase.of("tdx/near-mpc-dstack-b0c06f000000");
    VectorCase other = VectorCase.of("tdx/dstack-quote-report-90c06f000000");

    Verdict good = withLog(vector, vector.file("app-tcb-info.json"));
    assertThat(good.accepted()).isTrue();
    assertThat(good.claims().orElseThrow().field("event.compose-hash")).isPresent();

    Verdict bad = withLog(vector, other.file("quote-report.json"));
    assertThat(bad.reasons()).containsExactly(Reason.EVENT_LOG_MISMATCH);
    assertThat(bad.claims().orElseThrow().field("event.compose-hash")).isEmpty();
  }

  private static Verdict withLog(VectorCase vector, Bytes log) {
    return IntelVectors.appraise(
        IntelVectors.evidence(vector),
        IntelVectors.with(
            IntelVectors.collateral(vector), CollateralName.EVENT_LOG, Optional.of(log)),
        TimeInterval.at(IntelVectors.time(vector)),
        Policy.strict());
  }

  private static PlatformPolicy policy(TdxPolicy policy) {
    return new PlatformPolicy(TcbPolicy.STRICT, SgxPolicy.STRICT, policy, SnpPolicy.ANY);
  }

  private static void refuses(FakePlatform platform, Reason reason) {
    assertThat(platform.appraise().reasons()).containsExactly(reason);
  }
}
