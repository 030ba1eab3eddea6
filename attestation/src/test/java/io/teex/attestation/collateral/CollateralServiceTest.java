package io.teex.attestation.collateral;

import static io.teex.attestation.collateral.CollateralServer.body;
import static io.teex.attestation.collateral.CollateralServer.get;
import static io.teex.attestation.collateral.CollateralServer.status;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CollateralServiceTest {
  private static final Bytes FMSPC = Bytes.fromHex("b0c06f000000");
  private static final Platform.Intel TDX = new Platform.Intel(TeeKind.TDX, FMSPC, PckCa.PLATFORM);
  private static final Part.TcbInfo TCB_INFO = new Part.TcbInfo(TeeKind.TDX, FMSPC);
  private static final Part.RootCaCrl ROOT_CRL = new Part.RootCaCrl();

  private CollateralServer server;
  private CollateralService service;

  @BeforeEach
  void start() throws IOException {
    server = new CollateralServer();
    service = service(server.base(), Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() {
    service.close();
    server.close();
  }

  private static CollateralService service(URI base, Duration timeout) {
    return new CollateralService(Map.of(Vendor.INTEL, base, Vendor.AMD, base), timeout);
  }

  private static Collateral genuine() {
    return CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral.json"));
  }

  private Map<String, Bytes> fetchAll(Platform platform) throws PartFailure {
    Map<String, Bytes> documents = new HashMap<>();
    for (Part part : platform.parts()) {
      documents.putAll(service.fetch(part));
    }
    return documents;
  }

  @Test
  void bringsTheDocumentsOfAnIntelPlatformAsTheyWereSigned() throws Exception {
    server.serve(TDX, genuine());

    assertThat(fetchAll(TDX)).isEqualTo(genuine().documents());
    assertThat(server.requests())
        .containsExactly(
            "/sgx/certification/v4/rootcacrl",
            "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
            "/tdx/certification/v4/qe/identity",
            "/tdx/certification/v4/tcb?fmspc=b0c06f000000");
  }

  @Test
  void bringsTheDocumentsOfAnSgxPlatform() throws Exception {
    Collateral collateral =
        CollateralFile.read(Vectors.path("sgx/openenclave-debug-00906ed50000/collateral.json"));
    Platform.Intel platform =
        new Platform.Intel(TeeKind.SGX, Bytes.fromHex("00906ed50000"), PckCa.PROCESSOR);
    server.serve(platform, collateral);

    assertThat(fetchAll(platform)).isEqualTo(collateral.documents());
  }

  @Test
  void bringsTheDocumentsOfAnAmdPlatform() throws Exception {
    Bytes vek = Vectors.bytes("snp/turin-v5-aci/vek.der");
    Bytes chain = Vectors.bytes("roots/amd-turin-vcek.pem");
    Platform platform =
        Platforms.of(
                new io.teex.attestation.Evidence(
                    TeeKind.SNP, Vectors.bytes("snp/turin-v5-aci/report.bin")),
                Collateral.none())
            .getFirst();
    server.on(
        "/vcek/v1/Turin/59790fb1c39f35c1?fmcSPL=01&blSPL=01&teeSPL=01&snpSPL=04&ucodeSPL=81",
        body("application/octet-stream", vek));
    server.on("/vcek/v1/Turin/cert_chain", body("application/x-pem-file", chain));
    server.on("/vcek/v1/Turin/crl", body("application/pkix-crl", Bytes.of((byte) 0x30)));

    assertThat(fetchAll(platform))
        .isEqualTo(
            Map.of(
                CollateralName.VEK, vek,
                CollateralName.VEK_ISSUER_CHAIN, chain,
                CollateralName.VEK_CRL, Bytes.of((byte) 0x30)));
  }

  @Test
  void worksBelowAPath() throws Exception {
    server.on("/pccs/sgx/certification/v4/rootcacrl", body("text/html", Bytes.of((byte) 0x30)));

    try (CollateralService below =
        service(URI.create(server.base() + "/pccs/"), Duration.ofSeconds(20))) {
      assertThat(below.fetch(ROOT_CRL)).containsKey(CollateralName.ROOT_CA_CRL);
    }
  }

  @Test
  void keepsThePlusSignsOfAChainThatIsNotWhollyEncoded() throws Exception {
    Collateral collateral = genuine();
    String chain =
        CollateralServer.encoded(get(collateral, CollateralName.TCB_INFO_ISSUER_CHAIN))
            .replace("%2B", "+");
    server.on(
        TCB_INFO,
        exchange -> {
          exchange.getResponseHeaders().set("SGX-TCB-Info-Issuer-Chain", chain);
          CollateralServer.signed(TCB_INFO, collateral, "Unused").send(exchange);
        });

    assertThat(chain).contains("+");
    assertThat(service.fetch(TCB_INFO).get(CollateralName.TCB_INFO_ISSUER_CHAIN))
        .isEqualTo(get(collateral, CollateralName.TCB_INFO_ISSUER_CHAIN));
  }

  @Test
  void saysThatNoServiceIsConfigured() {
    try (CollateralService none = new CollateralService(Map.of(), Duration.ofSeconds(1))) {
      assertThatThrownBy(() -> none.fetch(TCB_INFO)).hasMessageContaining("set collateral.intel");
    }
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    try (CollateralService nobody =
        service(URI.create("http://127.0.0.1:" + free), Duration.ofSeconds(20))) {
      PartFailure failure = catchThrowableOfType(PartFailure.class, () -> nobody.fetch(ROOT_CRL));

      assertThat(failure.isServiceDown()).isTrue();
      assertThat(failure.check(ROOT_CRL).reason()).isEqualTo(Reason.CRL_MISSING);
    }
  }

  @Test
  void doesNotWaitForAServiceThatNeverAnswers() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    server.on(TCB_INFO, exchange -> end.await());
    server.on(
        ROOT_CRL,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/pkix-crl");
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(0x30);
          exchange.getResponseBody().flush();
          end.await();
        });

    try (CollateralService hasty = service(server.base(), Duration.ofMillis(300))) {
      for (Part part : new Part[] {TCB_INFO, ROOT_CRL}) {
        PartFailure failure = catchThrowableOfType(PartFailure.class, () -> hasty.fetch(part));

        assertThat(failure.isServiceDown()).as(part.name()).isTrue();
        assertThat(failure.check(part).reason()).isEqualTo(part.missing());
      }
    } finally {
      end.countDown();
    }
  }

  @Test
  void doesNotReadABodyWithoutEnd() {
    server.on(
        ROOT_CRL,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/pkix-crl");
          exchange.sendResponseHeaders(200, 0);
          flood(exchange);
        });

    assertThat(failure(ROOT_CRL).check(ROOT_CRL).reason()).isEqualTo(Reason.CRL_MISSING);
  }

  private static void flood(HttpExchange exchange) {
    byte[] much = new byte[64 * 1024];
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 10_000; i++) {
        out.write(much);
      }
      throw new AssertionError("600 MB were read");
    } catch (IOException e) {
      // The client hung up, as it should.
    }
  }

  @Test
  void doesNotTakeADocumentThatNoVerifierWouldTake() {
    server.on(
        ROOT_CRL,
        body("application/pkix-crl", Bytes.of(new byte[Collateral.DOCUMENT_SIZE_MAX + 1])));

    assertThat(failure(ROOT_CRL)).hasMessageContaining("more than 262144 bytes");
  }

  @Test
  void doesNotFollowARedirect() throws Exception {
    try (CollateralServer elsewhere = new CollateralServer()) {
      elsewhere.serve(TDX, genuine());
      for (int status : new int[] {301, 302, 307, 308}) {
        server.on(
            TCB_INFO,
            exchange -> {
              exchange.getResponseHeaders().set("Location", elsewhere.base() + TCB_INFO.path());
              exchange.sendResponseHeaders(status, -1);
            });

        assertThat(failure(TCB_INFO)).hasMessageContaining("redirects elsewhere");
      }
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void tellsAPlatformThatIsNotKnownFromAServiceThatIsDown() {
    server.on(TCB_INFO, status(404));
    assertThat(failure(TCB_INFO).isServiceDown()).isFalse();

    for (int down : new int[] {429, 500, 503}) {
      server.on(TCB_INFO, status(down));
      assertThat(failure(TCB_INFO).isServiceDown()).as("status %d", down).isTrue();
    }
  }

  @Test
  void refusesTheWrongKindOfAnswer() {
    server.on(TCB_INFO, body("text/html", "<html/>".getBytes(US_ASCII), Map.of()));
    assertThat(failure(TCB_INFO)).hasMessageContaining("text/html, expected application/json");

    server.on(ROOT_CRL, body("application/json; charset=utf-8", "{}".getBytes(US_ASCII), Map.of()));
    assertThat(failure(ROOT_CRL)).hasMessageContaining("expected a binary or text");
  }

  @Test
  void refusesGarbage() {
    server.on(TCB_INFO, body("application/json", "garbage".getBytes(US_ASCII), Map.of()));
    assertThat(failure(TCB_INFO).check(TCB_INFO).reason()).isEqualTo(Reason.MALFORMED);

    server.on(ROOT_CRL, body("text/html", "30zz".getBytes(US_ASCII), Map.of()));
    assertThat(failure(ROOT_CRL).check(ROOT_CRL).reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void refusesAnAnswerWithoutItsIssuerChain() {
    server.on(TCB_INFO, CollateralServer.signed(TCB_INFO, genuine(), "Some-Other-Header"));
    assertThat(failure(TCB_INFO)).hasMessageContaining("no header TCB-Info-Issuer-Chain");
  }

  @Test
  void refusesAnIssuerChainThatCannotBeDecoded() {
    Collateral collateral = genuine();
    for (String chain : new String[] {"%zz", "x".repeat(40_000)}) {
      server.on(
          TCB_INFO,
          exchange -> {
            exchange.getResponseHeaders().set("TCB-Info-Issuer-Chain", chain);
            CollateralServer.signed(TCB_INFO, collateral, "Unused").send(exchange);
          });

      assertThat(failure(TCB_INFO).check(TCB_INFO).reason()).isEqualTo(Reason.MALFORMED);
    }
  }

  private PartFailure failure(Part part) {
    return catchThrowableOfType(PartFailure.class, () -> service.fetch(part));
  }
}
