package io.teex.dispatcher.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A chain's node as one process sees it: each request is a step, and each answer. */
public final class MortalNode implements AutoCloseable {
  private final URI node;
  private final Runnable beforeReceipts;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicReference<@Nullable Disturbance> pending = new AtomicReference<>();
  private volatile Lifeline life = Lifeline.endless();

  /**
   * @param beforeReceipts what happens whenever the process looks for its transaction
   */
  public MortalNode(URI node, Runnable beforeReceipts) {
    this.node = node;
    this.beforeReceipts = beforeReceipts;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  /** Lets something happen to the node, or the chain, after so many more requests; once. */
  public void disturb(int requests, Runnable disturbance) {
    pending.set(new Disturbance(new AtomicInteger(requests), disturbance));
  }

  private record Disturbance(AtomicInteger requests, Runnable action) {}

  private void disturbIfDue() {
    Disturbance disturbance = pending.get();
    if (disturbance != null
        && disturbance.requests().decrementAndGet() <= 0
        && pending.compareAndSet(disturbance, null)) {
      disturbance.action().run();
    }
  }

  /** Whether what was to happen is still to happen. */
  public boolean isDisturbancePending() {
    return pending.get() != null;
  }

  /** Who asks from now on. */
  public void serve(Lifeline process) {
    life = process;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void pass(HttpExchange exchange) throws IOException {
    Lifeline process = life;
    byte[] request = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (!process.step()) {
        return;
      }
      disturbIfDue();
      if (new String(request, StandardCharsets.UTF_8).contains("eth_getTransactionReceipt")) {
        beforeReceipts.run();
      }
      byte[] answer =
          http.send(
                  HttpRequest.newBuilder(node)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      if (!process.step()) {
        return;
      }
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
