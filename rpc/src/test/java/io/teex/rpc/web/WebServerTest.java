package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.ReportData;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What anybody may ask over HTTP, as a browser's page sees it. */
@Timeout(60)
final class WebServerTest {
  private static final String NONCE = "00112233445566778899aabbccddeeff";
  private static final String GET = "/call/teex.Store/Get";

  @TempDir Path directory;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private WebFixture node;

  @BeforeEach
  void start() {
    node = new WebFixture(directory);
  }

  @AfterEach
  void stop() {
    node.close();
    client.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(node.uri() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String value(HttpResponse<String> answer, String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(answer.body());
    assertThat(matcher.find()).as(answer.body()).isTrue();
    return matcher.group(1);
  }

  /** As docs/sealed-calls.md has it, without our own code for it. */
  private Verdict judge(HttpResponse<String> answer, String nonce) {
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    context.writeBytes("teex-http-1".getBytes(StandardCharsets.US_ASCII));
    context.writeBytes(HexFormat.of().parseHex(value(answer, "tlsKeyHash")));
    ReportData bound =
        ReportData.of(
            Role.STORE,
            HexFormat.of().parseHex(value(answer, "hpkeKey")),
            HexFormat.of().parseHex(nonce),
            context.toByteArray());
    return new Verifier()
        .verify(
            new Evidence(
                TeeKind.valueOf(value(answer, "kind")),
                Bytes.of(Base64.getDecoder().decode(value(answer, "evidence")))),
            Collateral.none(),
            TimeInterval.at(node.now.get()),
            node.policy,
            new Expected(bound, Role.STORE));
  }

  @Test
  void showsThatTheTeeHoldsTheKey() throws Exception {
    HttpResponse<String> answer = get("/attestation?nonce=" + NONCE);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(value(answer, "role")).isEqualTo("store");
    assertThat(value(answer, "simulated")).isEqualTo("true");
    assertThat(value(answer, "nonce")).isEqualTo(NONCE);
    assertThat(value(answer, "tlsKeyHash")).isEqualTo(node.identity.tlsKeyHash().value().toHex());
    assertThat(judge(answer, NONCE).accepted()).isTrue();
    assertThat(judge(answer, NONCE.replace('0', '1')).accepted()).isFalse();
  }

  @Test
  void takesNoncesOfUpTo32Bytes() throws Exception {
    String longest = (NONCE + NONCE).toUpperCase(Locale.ROOT);

    HttpResponse<String> answer = get("/attestation?nonce=" + longest);

    assertThat(judge(answer, longest.toLowerCase(Locale.ROOT)).accepted()).isTrue();
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/attestation/more?nonce=" + NONCE,
        "/call",
        "/calls/teex.Store/Get",
        "/CALL/teex.Store/Get"
      })
  void servesNoOtherPath(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/call/",
        "/call/teex.Store",
        "/call/teex.Store/",
        "/call/teex.Store/Nothing",
        "/call/Store/Get",
        "/call/teex.Channel/Hello",
        "/call/teex.Store/Get/",
        "/call/teex.Store%2fGet"
      })
  void servesNoOtherMethod(String path) throws Exception {
    HttpResponse<String> answer =
        send(request(path).POST(HttpRequest.BodyPublishers.ofString("x")));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(value(answer, "error")).isEqualTo("NOT_FOUND");
  }

  @Test
  void everyPathHasItsVerb() throws Exception {
    HttpResponse<String> posted =
        send(request("/attestation?nonce=" + NONCE).POST(HttpRequest.BodyPublishers.ofString("x")));
    HttpResponse<String> got = get(GET);

    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.headers().firstValue("allow")).contains("GET, OPTIONS");
    assertThat(got.statusCode()).isEqualTo(405);
    assertThat(got.headers().firstValue("allow")).contains("POST, OPTIONS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/attestation", GET})
  void anyPageMayAsk(String path) throws Exception {
    HttpResponse<String> answer =
        send(
            request(path)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("access-control-allow-methods")).contains("GET, POST");
    assertThat(answer.headers().firstValue("access-control-allow-headers"))
        .contains("content-type");
  }

  @Test
  void aMethodOfNodesIsRefusedBeforeItsBodyIsRead() throws Exception {
    try (RawHttp raw = new RawHttp(node.web.endpoint())) {
      raw.send(RawHttp.post("/call/teex.Store/Range", 1_000));

      assertThat(raw.some()).startsWith("HTTP/1.1 403 ").contains("PERMISSION_DENIED");
    }
  }

  @Test
  void whatIsNoSealedRequestIsRefusedInTheClear() throws Exception {
    for (int size : new int[] {0, 1, 47, 48, 1_000}) {
      HttpResponse<String> answer =
          send(request(GET).POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size])));

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(value(answer, "error")).isEqualTo("BLOB_TAMPERED");
      assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    }
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void whatIsNoMessageIsRefusedUnderSeal() throws Exception {
    try (io.teex.protocol.SealedCall.Asked asked =
        io.teex.protocol.SealedCall.ask(
            io.teex.protocol.Bytes32.fromHex(value(get("/attestation?nonce=" + NONCE), "hpkeKey")),
            GET,
            io.teex.protocol.SecretBytes.copyOf(new byte[] {0x0a, 0x7f, 0}),
            WebFixture.RANDOM)) {
      HttpResponse<byte[]> answer =
          client.send(
              request(GET)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(asked.request().copy()))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type")).contains("application/octet-stream");
      io.teex.rpc.proto.SealedAnswer opened =
          io.teex.rpc.proto.SealedAnswer.parseFrom(asked.open(Bytes.of(answer.body())).expose());
      assertThat(opened.getFailure().getCode()).isEqualTo("MALFORMED");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /attestation\r\n\r\n\r\n",
        "POST " + GET + " HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST " + GET + " HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST " + GET + " HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST " + GET + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      })
  void whatIsNoHttpIsAnsweredAndClosed(String text) throws Exception {
    try (RawHttp raw = new RawHttp(node.web.endpoint())) {
      String answer = raw.send(text).rest();

      assertThat(answer).startsWith("HTTP/1.1 4").contains("\"error\":");
    }
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void oneRequestIsServedOnAConnection() throws Exception {
    String one = "GET /attestation?nonce=%s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(NONCE);
    try (RawHttp raw = new RawHttp(node.web.endpoint())) {
      String answers = raw.send(one + one).rest();

      assertThat(answers).containsOnlyOnce("HTTP/1.1 ").contains("connection: close");
    }
  }

  @Test
  void aCallerThatWaitsForThePermissionGetsIt() throws Exception {
    try (RawHttp raw = new RawHttp(node.web.endpoint())) {
      raw.send(
          "POST %s HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n".formatted(GET));

      assertThat(raw.some()).startsWith("HTTP/1.1 100 ");
      assertThat(raw.send("abc").rest()).contains("BLOB_TAMPERED");
    }
  }

  @Test
  void aPortIsTakenOnce() {
    assertThatThrownBy(() ->
            WebServer.as(node.identity, node.server.anonymousCalls())
                .listen(node.web.endpoint())
                .start())
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE))
        .hasMessageContaining("attestation.http");
  }
}
