package io.teex.attestation.collateral;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets from one host, directly, and from nowhere else: no proxy, and redirects are not followed.
 * Bounded in time and in size, whatever the service does.
 */
final class BoundedHttp implements AutoCloseable {
  private final HttpClient http;
  private final Duration timeout;
  private final int bytesMax;

  BoundedHttp(Duration timeout, int bytesMax) {
    this.timeout = timeout;
    this.bytesMax = bytesMax;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(timeout)
            .build();
  }

  /** The answer to a request for the part; its status is 200. */
  HttpResponse<byte[]> get(Part part, URI base) throws PartFailure {
    String prefix = base.toString();
    URI uri =
        URI.create(
            (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix)
                + part.path());
    HttpResponse<byte[]> response = send(part, uri);
    int status = response.statusCode();
    if (status == 200) {
      return response;
    }
    String what =
        status / 100 == 3
            ? "redirects elsewhere (status %d), which is not followed".formatted(status)
            : "answered with status %d".formatted(status);
    // A service that is too busy for this part is too busy for the next one.
    throw status == 429 || status >= 500
        ? PartFailure.serviceDown(part, "%s %s".formatted(uri, what))
        : PartFailure.of(part.missing(), "%s %s".formatted(uri, what));
  }

  private HttpResponse<byte[]> send(Part part, URI uri) throws PartFailure {
    // The timeout of a request ends at its headers; that of the future covers the body, too.
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(
            HttpRequest.newBuilder(uri).timeout(timeout).GET().build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), bytesMax));
    try {
      return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw PartFailure.serviceDown(part, "%s: no whole answer within %s".formatted(uri, timeout));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw PartFailure.serviceDown(part, "%s: %s".formatted(uri, describe(cause)));
      }
      throw new IllegalStateException("the HTTP client failed", e.getCause());
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw PartFailure.serviceDown(part, "interrupted");
    }
  }

  private static String describe(IOException cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
