package io.teex.attestation.collateral;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A collateral service of its own on this machine, which serves what it is told, lies included. */
final class CollateralServer implements AutoCloseable {
  /** What a service does with a request. */
  interface Answer {
    void send(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  CollateralServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      requests.add(path);
      answers.getOrDefault(path, status(404)).send(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  URI base() {
    return URI.create("http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
  }

  /** The paths that were asked for, in order. */
  List<String> requests() {
    return requests;
  }

  void forget() {
    requests.clear();
  }

  void on(String path, Answer answer) {
    answers.put(path, answer);
  }

  void on(Part part, Answer answer) {
    on(part.path(), answer);
  }

  static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  static Answer body(String type, byte[] body, Map<String, String> headers) {
    return exchange -> {
      headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    };
  }

  static Answer body(String type, Bytes body) {
    return body(type, body.copy(), Map.of());
  }

  /** Serves the collateral of an Intel platform as PCCS does. */
  void serve(Platform.Intel platform, Collateral collateral) {
    for (Part part : platform.parts()) {
      switch (part) {
        case Part.TcbInfo tcb -> on(part, signed(tcb, collateral, "TCB-Info-Issuer-Chain"));
        case Part.QeIdentity qe ->
            on(part, signed(qe, collateral, "SGX-Enclave-Identity-Issuer-Chain"));
        case Part.PckCrl crl ->
            on(
                part,
                body(
                    "application/pkix-crl",
                    get(collateral, crl.document()).copy(),
                    Map.of(
                        "SGX-PCK-CRL-Issuer-Chain",
                        encoded(get(collateral, CollateralName.PCK_CRL_ISSUER_CHAIN)))));
        case Part.RootCaCrl crl ->
            on(
                part,
                body(
                    "text/html; charset=utf-8",
                    get(collateral, crl.document()).toHex().getBytes(StandardCharsets.US_ASCII),
                    Map.of()));
        default -> throw new IllegalArgumentException("no part of Intel's");
      }
    }
  }

  static Answer signed(Part.Signed part, Collateral collateral, String header) {
    String json =
        "{\"%s\":%s,\"signature\":\"%s\"}"
            .formatted(
                part.property(),
                text(get(collateral, part.document())),
                get(collateral, part.signature()).toHex());
    return body(
        "application/json",
        json.getBytes(StandardCharsets.UTF_8),
        Map.of(header, encoded(get(collateral, part.issuerChain()))));
  }

  static String encoded(Bytes chain) {
    return URLEncoder.encode(text(chain), StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String text(Bytes bytes) {
    return new String(bytes.copy(), StandardCharsets.UTF_8);
  }

  static Bytes get(Collateral collateral, String name) {
    return collateral.find(name).orElseThrow();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
