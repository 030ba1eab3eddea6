package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The blobs of a {@link BlobServer}. The server is not trusted: a blob is compared with its CID
 * after every transfer, in either direction.
 */
public final class HttpBlobStore implements BlobStore, AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final HttpClient http;
  private final URI blobs;
  private final Duration timeout;
  private final int blobBytesMax;

  /**
   * @param server for example {@code http://127.0.0.1:4000}
   * @param timeout of a whole transfer
   */
  public HttpBlobStore(URI server, Duration timeout, int blobBytesMax) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    String base = server.toString();
    this.blobs =
        URI.create(
            (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + BlobServer.PATH);
    this.timeout = timeout;
    this.blobBytesMax = blobBytesMax;
  }

  /** Transfers of at most a minute, blobs of at most {@link BlobStore#BLOB_BYTES_MAX}. */
  public HttpBlobStore(URI server) {
    this(server, Duration.ofMinutes(1), BLOB_BYTES_MAX);
  }

  @Override
  public Cid put(byte[] content) {
    if (content.length > blobBytesMax) {
      throw DirectoryBlobStore.tooLarge(content.length, blobBytesMax);
    }
    Cid cid = Cid.of(content);
    HttpResponse<byte[]> response =
        send(HttpRequest.newBuilder(blobs).POST(BodyPublishers.ofByteArray(content)));
    String answer = new String(response.body(), StandardCharsets.UTF_8);
    if (response.statusCode() != 201) {
      throw refused(response);
    }
    if (!answer.equals(cid.toString())) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "the blob server kept blob %s under another name".formatted(cid));
    }
    return cid;
  }

  @Override
  public byte[] get(Cid cid) {
    HttpResponse<byte[]> response =
        send(HttpRequest.newBuilder(URI.create(blobs + "/" + cid)).GET());
    if (response.statusCode() != 200) {
      throw refused(response);
    }
    if (!Cid.of(response.body()).equals(cid)) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "the blob server sent other content for blob %s: do not trust it".formatted(cid));
    }
    return response.body();
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    // The timeout of a request ends at its headers; that of the future covers the body, too.
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(
            request.timeout(timeout).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), blobBytesMax));
    try {
      return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw unavailable("no answer within " + timeout, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException) {
        throw unavailable(describe(cause), cause);
      }
      throw new IllegalStateException("the HTTP client failed", cause);
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw unavailable("interrupted", e);
    }
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private TeexException unavailable(String what, Throwable cause) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "blob server %s: %s".formatted(blobs, what), cause);
  }

  private TeexException refused(HttpResponse<byte[]> response) {
    String code = response.headers().firstValue(BlobServer.CODE_HEADER).orElse("");
    ErrorCode known =
        switch (code) {
          case "BLOB_NOT_FOUND" -> ErrorCode.BLOB_NOT_FOUND;
          case "BLOB_TAMPERED" -> ErrorCode.BLOB_TAMPERED;
          case "MALFORMED" -> ErrorCode.MALFORMED;
          default -> ErrorCode.UNAVAILABLE;
        };
    return new TeexException(
        known,
        "blob server %s answered %d: %s"
            .formatted(
                blobs, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
