package io.teex.rpc.web;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** HTTP to one node, bounded in time and in size, whatever it or somebody between does. */
final class WebClient implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String peer;

  /**
   * @param peer for messages
   */
  WebClient(String peer) {
    this.peer = peer;
  }

  /**
   * @throws TeexException {@code UNAVAILABLE} if there is no whole answer of this size in time
   */
  HttpResponse<byte[]> send(HttpRequest.Builder request, int bytesMax, Duration time) {
    // A request's own timeout would end at its headers; that of the future covers the body, too.
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), bytesMax));
    try {
      return response.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw unavailable("did not answer within %s".formatted(time), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        String message = cause.getMessage();
        throw unavailable(
            "cannot be reached: " + (message == null ? cause.getClass().getSimpleName() : message),
            cause);
      }
      throw new IllegalStateException("the HTTP client failed", e.getCause());
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for", e);
    }
  }

  private TeexException unavailable(String what, Exception cause) {
    return new TeexException(ErrorCode.UNAVAILABLE, "%s %s".formatted(peer, what), cause);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
