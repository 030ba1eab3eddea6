package io.teex.chain;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A node that answers what a test wants it to. */
final class FakeNode implements AutoCloseable {
  private final HttpServer server;
  volatile UnaryOperator<String> answer = request -> "";
  volatile int status = 200;
  volatile String authorization = "";
  volatile String path = "";
  final Map<String, String> headers = new ConcurrentHashMap<>();

  FakeNode() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
          path = exchange.getRequestURI().toString();
          headers.forEach(exchange.getResponseHeaders()::set);
          byte[] body = answer.apply(request).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
