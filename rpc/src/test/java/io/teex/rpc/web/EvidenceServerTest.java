package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.Expected;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EvidenceServerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Endpoint LOOPBACK = new Endpoint("127.0.0.1", 0);
  private static final String NONCE = "00112233445566778899aabbccddeeff";

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Hpke.KeyPair key = Hpke.KeyPair.generate(RANDOM);
  private final Measurement measurement = Measurement.of(new byte[Measurement.SIZE]);
  private SimulatedPlatform platform;
  private EvidenceServer server;

  @BeforeEach
  void start() {
    platform = SimulatedPlatform.openOrCreate(directory, Instant.now(), RANDOM);
    server = serve(platform.tee(measurement));
  }

  private EvidenceServer serve(EvidenceSource source) {
    return EvidenceServer.start(LOOPBACK, source, Role.WORKER, key.publicKey());
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private static HttpRequest.Builder request(EvidenceServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(server, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String value(HttpResponse<String> answer, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(answer.body());
    assertThat(matcher.find()).as(answer.body()).isTrue();
    return matcher.group(1);
  }

  private Verdict judge(HttpResponse<String> answer, String nonce) {
    byte[] document = Base64.getDecoder().decode(value(answer, "evidence"));
    ReportData bound =
        ReportData.of(
            Role.WORKER,
            HexFormat.of().parseHex(value(answer, "hpkeKey")),
            HexFormat.of().parseHex(nonce),
            "teex-http-1".getBytes(StandardCharsets.US_ASCII));
    return new Verifier()
        .verify(
            new Evidence(TeeKind.valueOf(value(answer, "kind")), Bytes.of(document)),
            Collateral.none(),
            TimeInterval.at(Instant.now()),
            Policy.simulated(
                "test", Set.of(platform.root()), Map.of(Role.WORKER, Set.of(measurement))),
            new Expected(bound, Role.WORKER));
  }

  @Test
  void showsThatTheTeeHoldsTheKey() throws Exception {
    HttpResponse<String> answer = get("/attestation?nonce=" + NONCE);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(value(answer, "role")).isEqualTo("worker");
    assertThat(value(answer, "simulated")).isEqualTo("true");
    assertThat(value(answer, "nonce")).isEqualTo(NONCE);
    assertThat(value(answer, "hpkeKey"))
        .isEqualTo(HexFormat.of().formatHex(key.publicKey().copy()));
    assertThat(judge(answer, NONCE).accepted()).isTrue();
    assertThat(judge(answer, NONCE.replace('0', '1')).accepted()).isFalse();
  }

  @Test
  void takesNoncesOfUpTo32Bytes() throws Exception {
    String longest = (NONCE + NONCE).toUpperCase(java.util.Locale.ROOT);

    HttpResponse<String> answer = get("/attestation?nonce=" + longest);

    assertThat(judge(answer, longest.toLowerCase(java.util.Locale.ROOT)).accepted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "?nonce=",
        "?nonce=00112233445566778899aabbccddee",
        "?nonce=00112233445566778899aabbccddeeff0",
        "?nonce=00112233445566778899aabbccddeefg",
        "?nonce=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00",
        "?nonce=00112233445566778899aabbccddeeff&x=1",
        "?nonce=00112233445566778899aabbccddeeff&nonce=00112233445566778899aabbccddeeff",
        "?nonce=%30%3012233445566778899aabbccddeeff"
      })
  void refusesOtherNonces(String query) throws Exception {
    HttpResponse<String> answer = get("/attestation" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(value(answer, "error")).isEqualTo(ErrorCode.MALFORMED.name());
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @Test
  void servesNothingElse() throws Exception {
    assertThat(get("/attestation/more?nonce=" + NONCE).statusCode()).isEqualTo(404);
    assertThat(get("/").statusCode()).isEqualTo(404);
    HttpResponse<String> posted =
        client.send(
            request(server, "/attestation?nonce=" + NONCE)
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.headers().firstValue("allow")).contains("GET");
  }

  @Test
  void aPlatformThatFailsIsSaidToWithoutItsWords() throws Exception {
    server.close();
    server =
        serve(
            source(data -> {
              throw new TeexException(ErrorCode.INTERNAL, "\"words\" of the platform");
            }));

    HttpResponse<String> answer = get("/attestation?nonce=" + NONCE);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).doesNotContain("words");
  }

  @Test
  void fewAnswersAreMadeAtOnce() throws Exception {
    CountDownLatch running = new CountDownLatch(4);
    CountDownLatch release = new CountDownLatch(1);
    EvidenceSource slow = platform.tee(measurement);
    server.close();
    server =
        serve(
            source(data -> {
              running.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return slow.evidence(data);
            }));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(
          client.sendAsync(
              request(server, "/attestation?nonce=" + NONCE).build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    running.await();

    HttpResponse<String> another = get("/attestation?nonce=" + NONCE);
    release.countDown();

    assertThat(another.statusCode()).isEqualTo(503);
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPortIsTakenOnce() {
    Endpoint taken = new Endpoint("127.0.0.1", server.port());

    assertThatThrownBy(() ->
            EvidenceServer.start(taken, platform.tee(measurement), Role.WORKER, key.publicKey()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
  }

  private interface Quoting {
    Evidence of(ReportData data);
  }

  private static EvidenceSource source(Quoting quoting) {
    return new EvidenceSource() {
      @Override
      public TeeKind kind() {
        return TeeKind.SIMULATED;
      }

      @Override
      public Endorsed endorsed(ReportData reportData) {
        return Endorsed.bare(quoting.of(reportData));
      }
    };
  }
}
