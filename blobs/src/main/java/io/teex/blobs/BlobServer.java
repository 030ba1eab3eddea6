package io.teex.blobs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves a directory of blobs to anybody: {@code POST /blobs} keeps the body and answers 201 with
 * its CID as text, {@code GET} and {@code HEAD /blobs/<cid>} give it back. An error has its {@link
 * ErrorCode} in the header {@value #CODE_HEADER} and a message as its body.
 *
 * <p>It stands outside every TEE and sees only what anybody may see: sealed bytes.
 */
public final class BlobServer implements AutoCloseable {
  static final String PATH = "/blobs";
  static final String CODE_HEADER = "teex-code";

  private static final int DISCARD_BYTES = 8 << 10;
  private static final System.Logger LOG = System.getLogger(BlobServer.class.getName());
  private static final Duration MEMORY_WAIT = Duration.ofSeconds(10);
  private static final int BLOBS_IN_MEMORY_MAX = 4;

  private final HttpServer http;
  private final ExecutorService threads;
  private final DirectoryBlobStore store;
  private final int blobBytesMax;
  // Requests are many, memory is not: one permit for each byte of a blob in transfer.
  private final Semaphore memory;

  private BlobServer(
      HttpServer http, ExecutorService threads, DirectoryBlobStore store, int blobBytesMax) {
    this.http = http;
    this.threads = threads;
    this.store = store;
    this.blobBytesMax = blobBytesMax;
    this.memory =
        new Semaphore((int) Math.min((long) blobBytesMax * BLOBS_IN_MEMORY_MAX, Integer.MAX_VALUE));
  }

  /**
   * Starts serving; the store stays the caller's to close.
   *
   * @param listen port 0 for any free one
   * @throws TeexException {@code PORT_IN_USE}
   */
  public static BlobServer start(
      InetSocketAddress listen, DirectoryBlobStore store, int blobBytesMax) {
    HttpServer http;
    try {
      http = HttpServer.create(listen, 0);
    } catch (BindException e) {
      throw new TeexException(
          ErrorCode.PORT_IN_USE,
          "cannot listen on %s (%s): stop what listens there, or set listen to another"
              .formatted(listen, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "cannot listen on %s: %s".formatted(listen, e.getMessage()), e);
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    BlobServer server = new BlobServer(http, threads, store, blobBytesMax);
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
        serve(exchange);
      } catch (TeexException e) {
        refuse(exchange, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a blob request failed", e);
        refuse(exchange, new TeexException(ErrorCode.INTERNAL, "internal error, see the log"));
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getRawPath();
    String method = exchange.getRequestMethod();
    if (path.equals(PATH)) {
      if (method.equals("POST")) {
        put(exchange);
      } else {
        refuseMethod(exchange, "POST");
      }
    } else if (path.startsWith(PATH + "/")) {
      Cid cid = Cid.parse(path.substring(PATH.length() + 1));
      switch (method) {
        case "GET" -> get(exchange, cid);
        case "HEAD" -> head(exchange, cid);
        default -> refuseMethod(exchange, "GET, HEAD");
      }
    } else {
      throw new TeexException(ErrorCode.NOT_FOUND, "expected %s or %s/<cid>".formatted(PATH, PATH));
    }
  }

  private void put(HttpExchange exchange) throws IOException, InterruptedException {
    OptionalLong announced = announcedBytes(exchange);
    if (announced.isPresent() && announced.getAsLong() > blobBytesMax) {
      discard(exchange);
      throw DirectoryBlobStore.tooLarge(announced.getAsLong(), blobBytesMax);
    }
    int reserved = (int) announced.orElse(blobBytesMax);
    reserve(reserved);
    try {
      byte[] content = exchange.getRequestBody().readNBytes(blobBytesMax);
      if (announced.isPresent() && announced.getAsLong() != content.length) {
        throw new TeexException(
            ErrorCode.MALFORMED,
            "the body ended after %,d of %,d bytes"
                .formatted(content.length, announced.getAsLong()));
      }
      if (exchange.getRequestBody().read() >= 0) {
        throw DirectoryBlobStore.tooLarge(content.length + 1L, blobBytesMax);
      }
      answer(exchange, 201, store.put(content).toString().getBytes(StandardCharsets.US_ASCII));
    } finally {
      memory.release(reserved);
    }
  }

  /**
   * Nobody reads an answer while she sends, and a connection that is closed meanwhile loses it: so
   * what is somewhat too large is taken and forgotten.
   */
  private void discard(HttpExchange exchange) throws IOException {
    InputStream body = exchange.getRequestBody();
    byte[] part = new byte[DISCARD_BYTES];
    long taken = 0;
    for (int read = 0; read >= 0 && taken <= 2L * blobBytesMax; taken += read) {
      read = body.read(part);
    }
  }

  private static OptionalLong announcedBytes(HttpExchange exchange) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    // The server has refused what is no number, or stands beside a transfer encoding.
    return length == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length));
  }

  private void get(HttpExchange exchange, Cid cid) throws IOException, InterruptedException {
    int reserved = (int) Math.min(requireSize(cid), blobBytesMax);
    reserve(reserved);
    try {
      byte[] content = store.get(cid);
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      exchange.getResponseHeaders().set("Cache-Control", "public, max-age=31536000, immutable");
      answer(exchange, 200, content);
    } finally {
      memory.release(reserved);
    }
  }

  private void head(HttpExchange exchange, Cid cid) throws IOException {
    exchange.getResponseHeaders().set("Content-Length", Long.toString(requireSize(cid)));
    exchange.sendResponseHeaders(200, -1);
  }

  private long requireSize(Cid cid) {
    return store
        .size(cid)
        .orElseThrow(() -> new TeexException(ErrorCode.BLOB_NOT_FOUND, "no blob " + cid));
  }

  private void reserve(int bytes) throws InterruptedException {
    if (!memory.tryAcquire(bytes, MEMORY_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "too many blobs in transfer, try again");
    }
  }

  private static void refuseMethod(HttpExchange exchange, String allowed) throws IOException {
    exchange.getResponseHeaders().set("Allow", allowed);
    exchange.sendResponseHeaders(405, -1);
  }

  private static void refuse(HttpExchange exchange, TeexException e) throws IOException {
    int status =
        switch (e.code()) {
          case MALFORMED -> 400;
          case NOT_FOUND, BLOB_NOT_FOUND -> 404;
          case UNAVAILABLE -> 503;
          default -> 500;
        };
    exchange.getResponseHeaders().set(CODE_HEADER, e.code().name());
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      answer(exchange, status, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    // Zero would announce a body of unknown length.
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** Lets running requests end for at most a second. */
  @Override
  public void close() {
    http.stop(1);
    threads.shutdownNow();
  }
}
