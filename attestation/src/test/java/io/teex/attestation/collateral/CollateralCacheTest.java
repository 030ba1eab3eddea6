package io.teex.attestation.collateral;

import static io.teex.attestation.collateral.CollateralServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CollateralCacheTest {
  /** Within the life of the first collateral, which ends on 2025-07-19 at 10:00:35. */
  private static final Instant JULY_4 = Instant.parse("2025-07-04T10:00:00Z");

  /** Within the life of the collateral of the next year. */
  private static final Instant NEXT_YEAR = Instant.parse("2026-08-28T05:00:00Z");

  private static final Bytes FMSPC = Bytes.fromHex("b0c06f000000");
  private static final Platform.Intel TDX = new Platform.Intel(TeeKind.TDX, FMSPC, PckCa.PLATFORM);
  private static final Part TCB_INFO = new Part.TcbInfo(TeeKind.TDX, FMSPC);

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(JULY_4);
  private final List<CollateralCache> opened = new ArrayList<>();
  private CollateralServer server;

  @BeforeEach
  void start() throws IOException {
    server = new CollateralServer();
  }

  @AfterEach
  void stop() {
    opened.forEach(CollateralCache::close);
    server.close();
  }

  private CollateralCache cache() {
    return cache(Map.of());
  }

  private CollateralCache cache(Map<String, String> more) {
    return cache(new GenuineCheck(), more);
  }

  private CollateralCache cache(CollateralCheck check, Map<String, String> more) {
    Map<String, String> config = new HashMap<>(more);
    config.put("intel", server.base().toString());
    config.put("amd", server.base().toString());
    CollateralCache cache =
        CollateralCache.open(
            CollateralConfig.from(config), check, clock, new Random(), new ManualTimer());
    opened.add(cache);
    return cache;
  }

  private Map<String, String> kept() {
    return Map.of("directory", directory.resolve("collateral").toString());
  }

  private static Collateral thisYears() {
    return CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral.json"));
  }

  private static Collateral nextYears() {
    return CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral-2.json"));
  }

  private static List<Reason> reasons(Supply supply) {
    return supply.failures().stream().map(Check.Failed::reason).distinct().toList();
  }

  @Test
  void suppliesWhatTheServiceHasAndAsksOnce() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();

    Supply first = cache.supply(TDX);
    Supply second = cache.supply(TDX);

    assertThat(first).isEqualTo(new Supply(thisYears(), true, List.of())).isEqualTo(second);
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void findsThePlatformInTheEvidence() {
    server.serve(TDX, thisYears());
    Evidence quote = new Evidence(TeeKind.TDX, Vectors.bytes(Vectors.TDX + "/quote.bin"));

    Supply supply = cache().supply(quote, Collateral.none());

    assertThat(supply).isEqualTo(new Supply(thisYears(), true, List.of()));
  }

  @Test
  void asksNobodyAboutEvidenceThatNamesNoPlatform() {
    Evidence garbage = new Evidence(TeeKind.TDX, Bytes.EMPTY);

    assertThat(cache().supply(garbage, Collateral.none()))
        .isEqualTo(new Supply(Collateral.none(), true, List.of()));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void concurrentCallersShareOneRefresh() throws Exception {
    server.serve(TDX, thisYears());
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CollateralServer.Answer genuine =
        CollateralServer.signed((Part.Signed) TCB_INFO, thisYears(), "TCB-Info-Issuer-Chain");
    server.on(
        TCB_INFO,
        exchange -> {
          started.countDown();
          goOn.await();
          genuine.send(exchange);
        });
    CollateralCache cache = cache();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Supply> supply = () -> cache.supply(TDX);
      List<Future<Supply>> supplies = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        supplies.add(threads.submit(supply));
      }
      started.await();
      goOn.countDown();
      for (Future<Supply> one : supplies) {
        assertThat(one.get().complete()).isTrue();
      }
    }

    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void sharesPartsBetweenPlatforms() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.forget();

    cache.supply(new Platform.Intel(TeeKind.TDX, Bytes.fromHex("90c06f000000"), PckCa.PLATFORM));

    assertThat(server.requests()).containsExactly("/tdx/certification/v4/tcb?fmspc=90c06f000000");
  }

  @Test
  void refreshesBeforeItExpiresWithoutLettingAnybodyWait() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.forget();
    clock.set(JULY_4.plus(Duration.ofHours(19)));
    cache.supply(TDX);
    assertThat(server.requests()).as("younger than four fifths of a day").isEmpty();

    clock.set(JULY_4.plus(Duration.ofDays(1)));
    Supply old = cache.supply(TDX);
    cache.awaitQuiet();

    assertThat(old.complete()).isTrue();
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void refreshesAtHalfOfWhatIsLeftOfAShortLife() {
    clock.set(Instant.parse("2025-07-19T09:00:35Z"));
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.forget();

    clock.set(Instant.parse("2025-07-19T09:23:35Z"));
    cache.supply(TDX);
    assertThat(server.requests()).as("less than four fifths of half an hour").isEmpty();
    clock.set(Instant.parse("2025-07-19T09:30:36Z"));
    cache.supply(TDX);
    cache.awaitQuiet();

    assertThat(server.requests()).isNotEmpty();
  }

  @Test
  void takesTheNewDocumentsWhenTheOldOnesExpire() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.serve(TDX, nextYears());
    clock.set(NEXT_YEAR);

    assertThat(cache.supply(TDX)).isEqualTo(new Supply(nextYears(), true, List.of()));
  }

  @Test
  void usesTheOldDocumentsWhileTheServiceIsDownAndAsksLessAndLess() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache(Map.of("retry-min", "PT10S", "retry-max", "PT40S"));
    cache.supply(TDX);
    server.on(new Part.RootCaCrl(), status(503));
    server.forget();
    Instant time = JULY_4.plus(Duration.ofDays(1));

    List<Integer> requests = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clock.set(time.plusSeconds(i));
      Supply supply = cache.supply(TDX);
      cache.awaitQuiet();
      assertThat(supply.complete()).isTrue();
      assertThat(supply.collateral()).isEqualTo(thisYears());
      requests.add(server.requests().size());
    }

    // Pauses of 5-10, 10-20, 20-40 and then 20-40 seconds; a service that is down gets one request.
    assertThat(requests.get(4)).isEqualTo(1);
    assertThat(requests.get(11)).isEqualTo(2);
    assertThat(requests.get(99)).isBetween(4, 6);
  }

  @Test
  void comesBackAfterAFailure() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.on(TCB_INFO, status(503));
    clock.set(JULY_4.plus(Duration.ofDays(1)));
    cache.supply(TDX);
    cache.awaitQuiet();
    assertThat(reasons(cache.supply(TDX))).containsExactly(Reason.COLLATERAL_MISSING);
    server.serve(TDX, thisYears());
    clock.set(JULY_4.plus(Duration.ofDays(2)));

    cache.supply(TDX);
    cache.awaitQuiet();

    assertThat(cache.supply(TDX).failures()).isEmpty();
  }

  @Test
  void failsClosedWhenThereIsNoService() {
    server.close();

    Supply supply = cache().supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(supply.collateral()).isEqualTo(Collateral.none());
    assertThat(reasons(supply)).containsExactly(Reason.CRL_MISSING, Reason.COLLATERAL_MISSING);
  }

  @Test
  void failsClosedWhenARevocationListIsMissing() {
    server.serve(TDX, thisYears());
    server.on(new Part.RootCaCrl(), status(404));

    Supply supply = cache().supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(reasons(supply)).containsExactly(Reason.CRL_MISSING);
    assertThat(supply.collateral().find(CollateralName.ROOT_CA_CRL)).isEmpty();
    assertThat(supply.collateral().find(CollateralName.TCB_INFO)).isPresent();
  }

  @Test
  void failsClosedWhenTheOldDocumentsExpireWhileTheServiceIsDown() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    server.close();
    clock.set(Instant.parse("2025-07-19T10:16:04Z"));

    Supply supply = cache.supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(supply.collateral().find(CollateralName.TCB_INFO)).isEmpty();
    assertThat(supply.collateral().find(CollateralName.PCK_CRL)).isEmpty();
    assertThat(supply.collateral().find(CollateralName.ROOT_CA_CRL)).isPresent();
    // That the service is down is said of the part that was asked for.
    assertThat(reasons(supply))
        .containsExactly(Reason.CRL_MISSING, Reason.CRL_EXPIRED, Reason.COLLATERAL_EXPIRED);
  }

  @Test
  void failsClosedWhenTheServiceHasOnlyExpiredDocuments() {
    clock.set(Instant.parse("2025-07-21T10:00:35Z"));
    server.serve(TDX, thisYears());

    Supply supply = cache().supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(reasons(supply)).containsExactly(Reason.CRL_EXPIRED, Reason.COLLATERAL_EXPIRED);
  }

  @Test
  void failsClosedWhenTheDocumentsAreOfTheFuture() {
    server.serve(TDX, nextYears());

    Supply supply = cache().supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(reasons(supply)).containsExactly(Reason.COLLATERAL_NOT_YET_VALID);
  }

  @Test
  void aServiceCannotRollBack() {
    clock.set(NEXT_YEAR);
    server.serve(TDX, nextYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    // Old documents that the service dates as it likes: nothing here verifies signatures.
    server.serve(TDX, redated(thisYears(), "2025-07-19", "2035-07-19"));
    clock.set(NEXT_YEAR.plus(Duration.ofDays(1)));

    cache.supply(TDX);
    cache.awaitQuiet();
    Supply supply = cache.supply(TDX);

    assertThat(supply.collateral()).isEqualTo(nextYears());
    assertThat(supply.explanation()).contains("in TCB evaluation 17, but there was already one");
  }

  @Test
  void aServiceCannotGoBackToAnEarlierRecoveryUnderALaterDate() {
    clock.set(NEXT_YEAR);
    server.serve(TDX, nextYears());
    CollateralCache cache = cache();
    cache.supply(TDX);
    Collateral lie =
        redated(redated(thisYears(), "2025-07-19", "2035-07-19"), "2025-06-19", "2026-08-28");
    server.serve(TDX, lie);
    clock.set(NEXT_YEAR.plus(Duration.ofDays(1)));

    cache.supply(TDX);
    cache.awaitQuiet();

    assertThat(cache.supply(TDX).collateral().find(CollateralName.TCB_INFO))
        .isEqualTo(nextYears().find(CollateralName.TCB_INFO));
  }

  @Test
  void aCheckThatFailsToAnswerRefuses() {
    server.serve(TDX, thisYears());
    CollateralCache cache =
        cache(
            (part, collateral, time, checks) -> {
              throw new IllegalStateException("not thought of");
            },
            kept());

    Supply supply = cache.supply(TDX);

    assertThat(supply.complete()).isFalse();
    assertThat(supply.collateral()).isEqualTo(Collateral.none());
    assertThat(reasons(supply)).contains(Reason.MALFORMED);
    assertThat(directory.resolve("collateral")).doesNotExist();
  }

  @Test
  void keepsPartsInADirectory() throws Exception {
    server.serve(TDX, thisYears());
    cache(kept()).supply(TDX);
    server.close();

    Supply supply = cache(kept()).supply(TDX);

    assertThat(supply).isEqualTo(new Supply(thisYears(), true, List.of()));
    try (var files = Files.list(directory.resolve("collateral"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(
              "tdx-tcb-info-b0c06f000000.json",
              "tdx-qe-identity.json",
              "pck-crl-platform.json",
              "root-ca-crl.json");
    }
  }

  @Test
  void believesTheDirectoryNoMoreThanTheService() throws Exception {
    server.serve(TDX, thisYears());
    cache(kept()).supply(TDX);
    Path file = directory.resolve("collateral/tdx-tcb-info-b0c06f000000.json");
    String good = Files.readString(file);
    for (String bad :
        new String[] {
          "garbage",
          "{}",
          good.replace("B0C06F000000", "B0C06F000001"),
          good.replace("2025-07-19", "2025-07-03"),
          good.replace("{\"tcb_info\"", "{\"root_ca_crl\":\"30\",\"tcb_info\"")
        }) {
      assertThat(bad).isNotEqualTo(good);
      Files.writeString(file, bad);
      server.forget();

      Supply supply = cache(kept()).supply(TDX);

      assertThat(supply.complete()).as(bad.substring(0, 2)).isTrue();
      assertThat(server.requests()).containsExactly(TCB_INFO.path());
      assertThat(Files.readString(file)).isEqualTo(good);
    }
  }

  @Test
  void asksTheServiceForWhatNobodySignedInTheDirectory() throws Exception {
    server.serve(TDX, thisYears());
    cache(kept()).supply(TDX);
    Path file = directory.resolve("collateral/tdx-tcb-info-b0c06f000000.json");
    Files.writeString(file, Files.readString(file).replace("2025-07-19", "2025-08-19"));
    server.forget();

    Supply supply = cache(kept()).supply(TDX);

    assertThat(supply).isEqualTo(new Supply(thisYears(), true, List.of()));
    assertThat(server.requests()).containsExactly(TCB_INFO.path());
  }

  @Test
  void worksWithADirectoryThatCannotBeWritten() throws Exception {
    server.serve(TDX, thisYears());
    Files.writeString(directory.resolve("collateral"), "a file where the directory should be");

    assertThat(cache(kept()).supply(TDX).complete()).isTrue();
  }

  @Test
  void suppliesTheEndorsementKeyOfAnSnpPlatform() {
    clock.set(NEXT_YEAR);
    Bytes vek = Vectors.bytes("snp/turin-v5-aci/vek.der");
    Evidence report = new Evidence(TeeKind.SNP, Vectors.bytes("snp/turin-v5-aci/report.bin"));
    Part vcek = Platforms.of(report, Collateral.none()).getFirst().parts().getLast();
    server.on(vcek, CollateralServer.body("application/octet-stream", vek));
    CollateralCache cache = cache();

    Supply supply = cache.supply(report, Collateral.none());
    server.forget();
    clock.set(NEXT_YEAR.plus(Duration.ofDays(2)));
    cache.supply(report, Collateral.none());
    cache.awaitQuiet();

    assertThat(supply.complete()).isTrue();
    assertThat(supply.collateral().documents()).isEqualTo(Map.of(CollateralName.VEK, vek));
    assertThat(reasons(supply)).containsExactly(Reason.CRL_MISSING, Reason.COLLATERAL_MISSING);
    assertThat(server.requests()).as("a key's certificate is asked for once").hasSize(2);
  }

  @Test
  void findsTheProductOfAnOldReportByAsking() {
    clock.set(NEXT_YEAR);
    byte[] old = Vectors.bytes("snp/genoa-v3-aci/report.bin").copy();
    old[0] = 2;
    Evidence report = new Evidence(TeeKind.SNP, Bytes.of(old));
    Bytes vek = Vectors.bytes("snp/genoa-v3-aci/vek.der");
    server.on(
        Platforms.of(report, Collateral.none()).getLast().parts().getLast(),
        CollateralServer.body("application/octet-stream", vek));

    Supply supply = cache().supply(report, Collateral.none());

    assertThat(supply.complete()).isTrue();
    assertThat(supply.collateral().find(CollateralName.VEK)).contains(vek);
  }

  @Test
  void takesTheKeysCertificateThatCameAlongButNoRevocationList() {
    clock.set(NEXT_YEAR);
    Bytes vek = Vectors.bytes("snp/milan-v3-vlek-aws/vek.der");
    Evidence report = new Evidence(TeeKind.SNP, Vectors.bytes("snp/milan-v3-vlek-aws/report.bin"));

    Supply supply =
        cache()
            .supply(
                report,
                new Collateral(
                    Map.of(
                        CollateralName.VEK, vek, CollateralName.VEK_CRL, Bytes.of((byte) 0x30))));

    assertThat(supply.complete()).isTrue();
    assertThat(supply.collateral().documents()).isEqualTo(Map.of(CollateralName.VEK, vek));
    assertThat(server.requests())
        .containsExactly("/vlek/v1/Milan/crl", "/vlek/v1/Milan/cert_chain");
  }

  @Test
  void answersAfterItWasClosed() {
    server.serve(TDX, thisYears());
    CollateralCache cache = cache();
    cache.close();

    assertThat(cache.supply(TDX).complete()).isFalse();
  }

  private static Collateral redated(Collateral collateral, String date, String other) {
    Map<String, Bytes> documents = new HashMap<>(collateral.documents());
    for (String name : new String[] {CollateralName.TCB_INFO, CollateralName.QE_IDENTITY}) {
      documents.computeIfPresent(
          name,
          (key, text) ->
              Bytes.of(
                  CollateralServer.text(text)
                      .replace(date, other)
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
    return new Collateral(documents);
  }
}
