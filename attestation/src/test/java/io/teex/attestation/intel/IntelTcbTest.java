package io.teex.attestation.intel;

import static io.teex.attestation.intel.FakePlatform.isvLevel;
import static io.teex.attestation.intel.FakePlatform.module;
import static io.teex.attestation.intel.FakePlatform.teeTcbSvn;
import static io.teex.attestation.intel.FakePlatform.teeTcbSvn2;
import static io.teex.protocol.TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED;
import static io.teex.protocol.TcbStatus.CONFIGURATION_NEEDED;
import static io.teex.protocol.TcbStatus.OUT_OF_DATE;
import static io.teex.protocol.TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
import static io.teex.protocol.TcbStatus.REVOKED;
import static io.teex.protocol.TcbStatus.SW_HARDENING_NEEDED;
import static io.teex.protocol.TcbStatus.TD_RELAUNCH_ADVISED;
import static io.teex.protocol.TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
import static io.teex.protocol.TcbStatus.UNKNOWN;
import static io.teex.protocol.TcbStatus.UP_TO_DATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Reason;
import io.teex.attestation.SgxPolicy;
import io.teex.attestation.SnpPolicy;
import io.teex.attestation.TcbPolicy;
import io.teex.attestation.TdxPolicy;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The levels of a platform and what a policy makes of them. */
final class IntelTcbTest {
  private static final String OLD = "OutOfDate";

  private final FakePlatform sgx = new FakePlatform(TeeKind.SGX, 3);
  private final FakePlatform tdx = new FakePlatform(TeeKind.TDX, 5);

  @ParameterizedTest
  @CsvSource({
    "UP_TO_DATE, OUT_OF_DATE, OUT_OF_DATE",
    "SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE",
    "CONFIGURATION_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
    "CONFIGURATION_AND_SW_HARDENING_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
    "OUT_OF_DATE, OUT_OF_DATE, OUT_OF_DATE",
    "OUT_OF_DATE_CONFIGURATION_NEEDED, OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED",
    "REVOKED, OUT_OF_DATE, REVOKED"
  })
  void aPartThatIsOutOfDateMakesThePlatformSo(TcbStatus one, TcbStatus part, TcbStatus both) {
    assertThat(TcbEvaluation.converge(one, part)).isEqualTo(both);
  }

  @ParameterizedTest
  @EnumSource
  void aPartThatIsCurrentChangesNothingAndARevokedOneEverything(TcbStatus platform) {
    assertThat(TcbEvaluation.converge(platform, UP_TO_DATE)).isEqualTo(platform);
    assertThat(TcbEvaluation.converge(platform, REVOKED)).isEqualTo(REVOKED);
  }

  @Test
  void takesTheFirstLevelThatIsReached() {
    sgx.levels =
        String.join(
            ",",
            sgx.level(6, "2026-01-01", "UpToDate"),
            sgx.level(5, "2025-01-01", "SWHardeningNeeded", "INTEL-SA-2", "INTEL-SA-1"),
            sgx.level(4, "2024-01-01", OLD, "INTEL-SA-3"));

    FakePlatform.Result result = sgx.appraise();

    assertThat(result.claims().tcbStatus()).isEqualTo(SW_HARDENING_NEEDED);
    assertThat(result.claims().tcb().advisories()).containsExactly("INTEL-SA-1", "INTEL-SA-2");
    assertThat(result.reasons()).containsExactly(Reason.TCB_STATUS);
  }

  @Test
  void countsEveryComponentAndThePce() {
    for (int i = 0; i < 16; i++) {
      int[] needed = sgx.components.clone();
      FakePlatform one = new FakePlatform(TeeKind.SGX, 3);
      int component = i;
      one.tcbInfo = text -> wanting(text, component, needed[component] + 1);

      assertThat(one.appraise().reasons())
          .as("component %d", i)
          .containsExactly(Reason.TCB_LEVEL_NOT_FOUND);
    }
    sgx.pceSvn = 10;
    assertThat(sgx.appraise().reasons()).containsExactly(Reason.TCB_LEVEL_NOT_FOUND);
  }

  /** The same document, with one component of its first level changed. */
  private static String wanting(String text, int component, int svn) {
    int at = text.indexOf("\"sgxtcbcomponents\"");
    for (int i = 0; i <= component; i++) {
      at = text.indexOf("{\"svn\":", at + 1);
    }
    int number = at + "{\"svn\":".length();
    return text.substring(0, number) + svn + text.substring(text.indexOf(',', number));
  }

  @Test
  void aPlatformBelowEveryLevelIsUnknownAndNotOutOfDate() {
    sgx.levels = sgx.level(6, "2026-01-01", "UpToDate");
    sgx.policy =
        policy(
            new TcbPolicy(Set.of(UP_TO_DATE, OUT_OF_DATE), Set.of(), Duration.ofDays(100_000), 0));

    FakePlatform.Result result = sgx.appraise();

    assertThat(result.reasons()).containsExactly(Reason.TCB_LEVEL_NOT_FOUND);
    assertThat(result.claims().tcbStatus()).isEqualTo(UNKNOWN);
    assertThat(result.claims().field("evaluation.tcb_status")).isEmpty();
    assertThat(result.claims().field("evaluation.tcb_evaluation_number")).contains(17L);
  }

  @Test
  void noPolicyAcceptsAnUnknownPlatform() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new TcbPolicy(Set.of(UNKNOWN), Set.of(), Duration.ZERO, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theModulesLevelCountsInsteadOfItsBytesInThePlatforms() {
    tdx.tcbInfo =
        text ->
            text.replace(
                "\"tdxtcbcomponents\":[{\"svn\":0},{\"svn\":0}",
                "\"tdxtcbcomponents\":[{\"svn\":200},{\"svn\":200}");
    assertThat(tdx.appraise().reasons()).isEmpty();

    tdx.body = teeTcbSvn(6, 0, 5);
    assertThat(tdx.appraise().reasons()).containsExactly(Reason.TCB_LEVEL_NOT_FOUND);
  }

  @Test
  void theFirstModuleIsJudgedByThePlatformsLevels() {
    tdx.body = teeTcbSvn(3, 0, 5);

    FakePlatform.Result result = tdx.appraise();

    assertThat(result.reasons()).isEmpty();
    assertThat(result.claims().field("evaluation.tdx_module")).isEmpty();
  }

  @Test
  void theLoaderBelowATrustDomainCounts() {
    tdx.body = teeTcbSvn(6, 1, 4);

    assertThat(tdx.appraise().reasons()).containsExactly(Reason.TCB_LEVEL_NOT_FOUND);
  }

  @Test
  void anOldModuleOrQuotingEnclaveMakesThePlatformOutOfDate() {
    FakePlatform module = new FakePlatform(TeeKind.TDX, 4);
    module.body = teeTcbSvn(5, 1, 5);
    FakePlatform.Result old = module.appraise();
    assertThat(old.claims().tcbStatus()).isEqualTo(OUT_OF_DATE);
    assertThat(old.claims().tcb().advisories()).containsExactly("INTEL-SA-00004");
    assertThat(old.claims().tcb().behindSince()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));

    sgx.qeLevels =
        isvLevel(9, "2026-02-01", "UpToDate") + "," + isvLevel(8, "2025-02-01", OLD, "INTEL-SA-9");
    FakePlatform.Result oldQe = sgx.appraise();
    assertThat(oldQe.claims().tcbStatus()).isEqualTo(OUT_OF_DATE);
    assertThat(oldQe.claims().tcb().advisories()).containsExactly("INTEL-SA-9");

    sgx.qeLevels = isvLevel(8, "2025-02-01", "Revoked");
    assertThat(sgx.appraise().claims().tcbStatus()).isEqualTo(REVOKED);
  }

  @Test
  void refusesModulesThatIntelDoesNotName() {
    Consumer<byte[]> good = report -> {};
    refusesModule(good.andThen(teeTcbSvn(6, 2, 5)));
    refusesModule(good.andThen(teeTcbSvn(3, 1, 5)));
    refusesModule(report -> report[64] = 1);
    refusesModule(report -> report[112] = 1);
    tdx.modules =
        module("TDX_01", isvLevel(6, "2026-01-01", "UpToDate"))
            .replace(
                "\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"",
                "\"attributes\":\"0100000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\"");
    refusesModule(report -> report[112] = 1);
    refusesModule(good);
    tdx.modules = "";
    refusesModule(good);
  }

  @Test
  void findsModulesByTheirNumberInHexadecimal() {
    tdx.body = teeTcbSvn(6, 0x1a, 5);
    tdx.modules = module("tdx_1a", isvLevel(6, "2026-01-01", "UpToDate"));

    assertThat(tdx.appraise().reasons()).isEmpty();
  }

  @Test
  void advisesToRelaunchATrustDomainThatIsOlderThanItsPlatform() {
    tdx.body = teeTcbSvn(4, 1, 5).andThen(teeTcbSvn2(6, 1, 5));

    FakePlatform.Result result = tdx.appraise();

    assertThat(result.claims().tcbStatus()).isEqualTo(TD_RELAUNCH_ADVISED);
    assertThat(result.reasons()).containsExactly(Reason.TCB_STATUS);
    assertThat(result.claims().tcb().advisories()).containsExactly("INTEL-SA-00004");
  }

  @Test
  void advisesToRelaunchAfterAnUpdateOfTheLoaderToo() {
    tdx.levels =
        tdx.level(5, 5, "2026-01-01", "UpToDate") + "," + tdx.level(5, 3, "2025-01-01", OLD);
    tdx.body = teeTcbSvn(4, 1, 3).andThen(teeTcbSvn2(6, 1, 5));
    // By the platform's own components alone it is at the newest level.
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(TD_RELAUNCH_ADVISED);

    tdx.body = teeTcbSvn(4, 1, 3).andThen(teeTcbSvn2(6, 1, 4));
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(OUT_OF_DATE);
  }

  @Test
  void advisesToRelaunchAndConfigureWhereBothAreNeeded() {
    tdx.body = teeTcbSvn(4, 1, 5).andThen(teeTcbSvn2(6, 1, 5));
    for (String status :
        new String[] {"ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded"}) {
      tdx.levels = tdx.level(5, "2026-01-01", status);

      assertThat(tdx.appraise().claims().tcbStatus())
          .isEqualTo(TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
    }
  }

  @Test
  void advisesToConfigureWhereEitherLevelSaysSo() {
    tdx.body = teeTcbSvn(4, 1, 3).andThen(teeTcbSvn2(6, 1, 5));

    tdx.levels =
        tdx.level(5, 5, "2026-01-01", "UpToDate")
            + ","
            + tdx.level(5, 3, "2025-01-01", "OutOfDateConfigurationNeeded");
    assertThat(tdx.appraise().claims().tcbStatus())
        .isEqualTo(TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
    tdx.levels =
        tdx.level(5, 5, "2026-01-01", "ConfigurationNeeded")
            + ","
            + tdx.level(5, 3, "2025-01-01", OLD);
    assertThat(tdx.appraise().claims().tcbStatus())
        .isEqualTo(TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
  }

  @Test
  void advisesToRelaunchOnlyForAnOldModuleAndNeverOnARevokedPlatform() {
    tdx.levels =
        tdx.level(5, 5, "2026-01-01", "UpToDate") + "," + tdx.level(5, 3, "2025-01-01", OLD);
    tdx.body = teeTcbSvn(6, 1, 3).andThen(teeTcbSvn2(6, 1, 5));
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(OUT_OF_DATE);

    tdx.levels =
        tdx.level(5, 5, "2026-01-01", "UpToDate") + "," + tdx.level(5, 3, "2025-01-01", "Revoked");
    tdx.body = teeTcbSvn(4, 1, 3).andThen(teeTcbSvn2(6, 1, 5));
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(REVOKED);
  }

  @Test
  void doesNotAdviseToRelaunchOntoAFirstModuleBelowTheNewestLevel() {
    tdx.tcbInfo =
        text ->
            text.replace("\"tdxtcbcomponents\":[{\"svn\":0}", "\"tdxtcbcomponents\":[{\"svn\":7}");

    staysOutOfDate(teeTcbSvn2(6, 0, 5));
    tdx.body = teeTcbSvn(4, 1, 5).andThen(teeTcbSvn2(7, 0, 5));
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(TD_RELAUNCH_ADVISED);
  }

  @Test
  void doesNotAdviseToRelaunchWhatWouldStayOutOfDate() {
    staysOutOfDate(teeTcbSvn2(5, 1, 5));
    staysOutOfDate(teeTcbSvn2(6, 1, 4));
    staysOutOfDate(teeTcbSvn2(6, 2, 5));
    tdx.qeLevels = isvLevel(9, "2026-02-01", "UpToDate") + "," + isvLevel(8, "2025-02-01", OLD);
    staysOutOfDate(teeTcbSvn2(6, 1, 5));
    tdx.qeLevels = isvLevel(8, "2026-02-01", "UpToDate");
    tdx.levels = tdx.level(6, "2026-01-01", "UpToDate") + "," + tdx.level(5, "2025-01-01", OLD);
    staysOutOfDate(teeTcbSvn2(6, 1, 6));
  }

  @Test
  void aCurrentTrustDomainNeedsNoRelaunch() {
    tdx.body = teeTcbSvn(6, 1, 5).andThen(teeTcbSvn2(7, 1, 6));

    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(UP_TO_DATE);
  }

  @Test
  void tellsSinceWhenABetterLevelExists() {
    sgx.levels =
        String.join(
            ",",
            sgx.level(8, "2026-02-20", "UpToDate"),
            sgx.level(7, "2026-02-10", "SWHardeningNeeded"),
            sgx.level(6, "2026-02-05", OLD),
            sgx.level(5, "2024-01-01", OLD));

    assertThat(sgx.appraise().claims().tcb().behindSince())
        .isEqualTo(Instant.parse("2026-02-10T00:00:00Z"));

    sgx.levels =
        String.join(
            ",",
            sgx.level(8, "2026-02-20", "UpToDate"),
            sgx.level(7, "2026-02-10", "Revoked"),
            sgx.level(5, "2024-01-01", OLD));
    assertThat(sgx.appraise().claims().tcb().behindSince())
        .isEqualTo(Instant.parse("2026-02-20T00:00:00Z"));

    sgx.levels = sgx.level(5, "2024-01-01", OLD);
    assertThat(sgx.appraise().claims().tcb().behindSince()).isEqualTo(Instant.MAX);
    sgx.levels =
        sgx.level(6, "2026-02-20", "UpToDate") + "," + sgx.level(5, "2026-02-10", "UpToDate");
    assertThat(sgx.appraise().claims().tcb().behindSince()).isEqualTo(Instant.MAX);
  }

  @Test
  void givesNoGraceForAPartThatCannotBecomeBetter() {
    sgx.levels = sgx.level(6, "2026-02-28", "UpToDate") + "," + sgx.level(5, "2024-01-01", OLD);
    sgx.policy = policy(new TcbPolicy(Set.of(UP_TO_DATE), Set.of(), Duration.ofDays(5), 0));
    assertThat(sgx.appraise().reasons()).isEmpty();

    sgx.qeLevels = isvLevel(8, "2024-01-01", OLD);
    assertThat(sgx.appraise().reasons()).containsExactly(Reason.TCB_STATUS);
  }

  @Test
  void graceEndsByTheLaterEndOfTheTime() {
    sgx.levels = sgx.level(6, "2026-02-28", "UpToDate") + "," + sgx.level(5, "2024-01-01", OLD);
    sgx.policy = policy(new TcbPolicy(Set.of(UP_TO_DATE), Set.of(), Duration.ofDays(2), 0));
    Instant end = Instant.parse("2026-03-02T00:00:00Z");

    sgx.time = new TimeInterval(FakePlatform.NOW, end);
    assertThat(sgx.appraise().reasons()).isEmpty();
    sgx.time = new TimeInterval(FakePlatform.NOW, end.plusSeconds(1));
    assertThat(sgx.appraise().reasons()).containsExactly(Reason.TCB_STATUS);
  }

  @Test
  void wantsARecentEvaluationOfBothDocuments() {
    sgx.policy = policy(new TcbPolicy(Set.of(UP_TO_DATE), Set.of(), Duration.ZERO, 16));
    assertThat(sgx.appraise().reasons()).isEmpty();

    for (int min : new int[] {17, 18}) {
      sgx.policy = policy(new TcbPolicy(Set.of(UP_TO_DATE), Set.of(), Duration.ZERO, min));
      assertThat(sgx.appraise().reasons()).containsExactly(Reason.SVN_TOO_LOW);
    }
  }

  @Test
  void acceptsAWorseStatusWithTheWeaknessesThatThePolicyNames() {
    sgx.levels = sgx.level(5, "2026-01-01", "ConfigurationAndSWHardeningNeeded", "INTEL-SA-1");
    sgx.policy =
        policy(
            new TcbPolicy(
                Set.of(UP_TO_DATE, CONFIGURATION_AND_SW_HARDENING_NEEDED),
                Set.of("INTEL-SA-1"),
                Duration.ZERO,
                0));
    assertThat(sgx.appraise().reasons()).isEmpty();

    sgx.policy =
        policy(
            new TcbPolicy(
                Set.of(UP_TO_DATE, CONFIGURATION_NEEDED, OUT_OF_DATE_CONFIGURATION_NEEDED),
                Set.of("INTEL-SA-1"),
                Duration.ZERO,
                0));
    assertThat(sgx.appraise().reasons()).containsExactly(Reason.TCB_STATUS);
  }

  private void refusesModule(Consumer<byte[]> body) {
    tdx.body = body;
    assertThat(tdx.appraise().reasons()).containsExactly(Reason.TDX_MODULE_MISMATCH);
  }

  private void staysOutOfDate(Consumer<byte[]> now) {
    tdx.body = teeTcbSvn(4, 1, 5).andThen(now);
    assertThat(tdx.appraise().claims().tcbStatus()).isEqualTo(OUT_OF_DATE);
  }

  private static PlatformPolicy policy(TcbPolicy tcb) {
    return new PlatformPolicy(tcb, SgxPolicy.STRICT, TdxPolicy.ANY, SnpPolicy.ANY);
  }
}
