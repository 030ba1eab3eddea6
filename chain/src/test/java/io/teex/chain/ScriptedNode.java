package io.teex.chain;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node of a chain of so many blocks, which tells who it is when it is asked {@code who}. */
final class ScriptedNode implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  volatile long chainId = 1;
  volatile long head = 100;
  volatile @Nullable Bytes32 fork;
  volatile int status = 200;
  volatile String retryAfter = "";
  final AtomicInteger limitedCalls = new AtomicInteger(Integer.MAX_VALUE);
  volatile boolean unknownBlock;

  ScriptedNode() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
    int code = status;
    if (code == 429 && limitedCalls.getAndDecrement() <= 0) {
      code = 200;
    }
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
    }
    byte[] body = answer(request).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String answer(JsonNode request) {
    if (request.isArray()) {
      List<String> answers = new ArrayList<>();
      request.forEach(one -> answers.add(one(one)));
      return "[" + String.join(",", answers) + "]";
    }
    return one(request);
  }

  private String one(JsonNode request) {
    String result =
        switch (request.get("method").asString()) {
          case "eth_chainId" -> quoted(Hex.quantity(chainId));
          case "eth_blockNumber" -> quoted(Hex.quantity(head));
          case "eth_getBlockByNumber" ->
              "{\"hash\":%s}".formatted(quoted(hash(request.get("params").get(0).asString())));
          default -> quoted(name());
        };
    String answer =
        unknownBlock && result.equals(quoted(name()))
            ? "\"error\":{\"code\":-32000,\"message\":\"unknown block\"}"
            : "\"result\":" + result;
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,%s}".formatted(request.get("id").asLong(), answer);
  }

  private String hash(String number) {
    Bytes32 regular = Keccak.hash(number.getBytes(StandardCharsets.UTF_8));
    return (number.equals("0x0") ? regular : Optional.ofNullable(fork).orElse(regular)).toString();
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  /** From now on it only limits the rate. */
  void limit(String seconds) {
    retryAfter = seconds;
    status = 429;
  }

  String name() {
    return ChainEndpoints.shown(endpoint());
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
