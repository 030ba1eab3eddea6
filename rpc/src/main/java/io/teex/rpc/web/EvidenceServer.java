package io.teex.rpc.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows over plain HTTP that an HPKE key is held by a TEE: {@code GET /attestation?nonce=HEX}, the
 * nonce of 16 to 32 bytes, is answered by JSON
 *
 * <pre>{@code {kind, role, evidence, hpkeKey, nonce, simulated}}</pre>
 *
 * where {@code evidence} is the platform's own document in Base64, key and nonce are hexadecimal,
 * and the report data is {@link ReportData#of} the role, the 32 bytes of the key, the nonce and the
 * context {@value #CONTEXT}. An error is {@code {error, message}} with a code of {@link ErrorCode}.
 *
 * <p>The connection protects nothing: whoever asked has to verify the evidence, and to seal what
 * she says to the key in it. Any page may ask. Evidence costs the platform time, so few answers are
 * made at once and the others are told to come later.
 */
public final class EvidenceServer implements AutoCloseable {
  static final String PATH = "/attestation";
  static final String CONTEXT = "teex-http-1";

  private static final System.Logger LOG = System.getLogger(EvidenceServer.class.getName());
  private static final Pattern QUERY = Pattern.compile("nonce=((?:[0-9a-fA-F]{2}){16,32})");
  private static final int RUNNING_MAX = 4;

  private final HttpServer http;
  private final ExecutorService threads;
  private final EvidenceSource source;
  private final Role role;
  private final Bytes32 hpkeKey;
  private final Semaphore running = new Semaphore(RUNNING_MAX);

  private EvidenceServer(
      HttpServer http, ExecutorService threads, EvidenceSource source, Role role, Bytes32 hpkeKey) {
    this.http = http;
    this.threads = threads;
    this.source = source;
    this.role = role;
    this.hpkeKey = hpkeKey;
  }

  /**
   * Starts to serve.
   *
   * @param listen port 0 for any free one
   * @param hpkeKey an X25519 public key whose private half is this process's alone
   * @throws TeexException {@code PORT_IN_USE}
   */
  public static EvidenceServer start(
      Endpoint listen, EvidenceSource source, Role role, Bytes32 hpkeKey) {
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(listen.host(), listen.port()), 0);
    } catch (BindException e) {
      throw new TeexException(
          ErrorCode.PORT_IN_USE,
          "cannot listen on %s (%s): stop what listens there, or set another port"
              .formatted(listen, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "cannot listen on %s: %s".formatted(listen, e.getMessage()), e);
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    EvidenceServer server = new EvidenceServer(http, threads, source, role, hpkeKey);
    http.setExecutor(threads);
    http.createContext(PATH, server::handle);
    http.start();
    return server;
  }

  public int port() {
    return http.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange, 200, answerTo(exchange));
      } catch (TeexException e) {
        refuse(exchange, e);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a request for evidence failed", e);
        refuse(exchange, new TeexException(ErrorCode.INTERNAL, "internal error, see the log"));
      }
    }
  }

  private String answerTo(HttpExchange exchange) {
    if (!exchange.getRequestURI().getPath().equals(PATH)) {
      throw new TeexException(ErrorCode.NOT_FOUND, "expected " + PATH);
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      throw new TeexException(ErrorCode.USAGE, "expected GET");
    }
    byte[] nonce = nonce(exchange);
    if (!running.tryAcquire()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "too many requests at once, try again");
    }
    try {
      return show(nonce);
    } finally {
      running.release();
    }
  }

  private static byte[] nonce(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    Matcher matcher = QUERY.matcher(query == null ? "" : query);
    if (!matcher.matches()) {
      throw new TeexException(
          ErrorCode.MALFORMED, "expected ?nonce= with 16 to 32 bytes in hexadecimal and no more");
    }
    return HexFormat.of().parseHex(matcher.group(1));
  }

  /** Names, Base64 and hexadecimal digits: nothing that JSON would have to escape. */
  private String show(byte[] nonce) {
    Evidence evidence = evidence(nonce);
    return "{\"kind\":\"%s\",\"role\":\"%s\",\"evidence\":\"%s\",\"hpkeKey\":\"%s\",\"nonce\":\"%s\",\"simulated\":%b}"
        .formatted(
            evidence.kind(),
            role.name().toLowerCase(Locale.ROOT),
            Base64.getEncoder().encodeToString(evidence.bytes().copy()),
            HexFormat.of().formatHex(hpkeKey.copy()),
            HexFormat.of().formatHex(nonce),
            evidence.kind() == TeeKind.SIMULATED);
  }

  private Evidence evidence(byte[] nonce) {
    byte[] context = CONTEXT.getBytes(StandardCharsets.US_ASCII);
    try {
      return source.evidence(ReportData.of(role, hpkeKey.copy(), nonce, context));
    } catch (TeexException e) {
      // What a platform says of itself is not for everybody.
      LOG.log(Level.WARNING, "the platform gives no evidence", e);
      throw new TeexException(ErrorCode.UNAVAILABLE, "the platform gives no evidence now", e);
    }
  }

  /** Our own messages need no escapes and hold nothing of the request. */
  private static void refuse(HttpExchange exchange, TeexException failure) throws IOException {
    int status =
        switch (failure.code()) {
          case MALFORMED -> 400;
          case NOT_FOUND -> 404;
          case USAGE -> 405;
          case UNAVAILABLE -> 503;
          default -> 500;
        };
    if (status == 405) {
      exchange.getResponseHeaders().set("Allow", "GET");
    }
    answer(
        exchange,
        status,
        "{\"error\":\"%s\",\"message\":\"%s\"}".formatted(failure.code(), failure.getMessage()));
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/json");
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Cache-Control", "no-store");
    headers.set("Connection", "close");
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
