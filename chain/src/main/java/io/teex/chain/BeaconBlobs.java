package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Blobs from a beacon node.
 *
 * @see <a href="https://ethereum.github.io/beacon-APIs/">Beacon API</a>
 */
final class BeaconBlobs implements BlobSource {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  /** All blobs of a transaction in hexadecimal digits take a tenth of it. */
  private static final long ANSWER_BYTES_MAX = 16L << 20;

  private static final String BLOBS = "/eth/v1/beacon/blobs/";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final JsonMapper JSON = new JsonMapper();

  private final String endpoint;
  private final String shown;

  BeaconBlobs(URI endpoint) {
    ChainEndpoints.of(endpoint);
    this.endpoint = endpoint.toString().replaceAll("/+$", "");
    this.shown = ChainEndpoints.shown(endpoint);
  }

  @Override
  public List<Bytes> fetch(Carried blobs) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build()) {
      long genesis = number(get(http, "/eth/v1/beacon/genesis").path("genesis_time"));
      long slotSeconds = number(get(http, "/eth/v1/config/spec").path("SECONDS_PER_SLOT"));
      if (slotSeconds < 1) {
        throw unavailable("tells slots of %d seconds".formatted(slotSeconds));
      }
      String hashes =
          blobs.versionedHashes().stream()
              .map(hash -> "versioned_hashes=" + hash)
              .collect(Collectors.joining("&"));
      long slot = (blobs.block().time() - genesis) / slotSeconds;
      JsonNode data = get(http, BLOBS + "%d?%s".formatted(slot, hashes));
      if (data.size() != blobs.versionedHashes().size()) {
        throw missing(
            "has %d of %d blobs of slot %d"
                .formatted(data.size(), blobs.versionedHashes().size(), slot));
      }
      return data.valueStream().map(blob -> Hex.data(blob.asString(""))).toList();
    }
  }

  private JsonNode get(HttpClient http, String path) {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(endpoint + path))
                  .header("Accept", "application/json")
                  .timeout(ANSWER_MAX)
                  .build(),
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
      if (answer.statusCode() == NOT_FOUND) {
        throw path.startsWith(BLOBS)
            ? missing("does not know " + path.substring(0, path.indexOf('?')))
            : unavailable("does not know %s: is it a beacon node?".formatted(path));
      }
      if (answer.statusCode() != OK) {
        throw unavailable("answered with status " + answer.statusCode());
      }
      return JSON.readTree(answer.body()).path("data");
    } catch (IOException e) {
      throw unavailable(
          "does not answer (%s): is it running?".formatted(e.getClass().getSimpleName()));
    } catch (JacksonException e) {
      throw unavailable("answered with something that is not JSON");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for: interrupted");
    }
  }

  /** The beacon API writes numbers as decimal digits in strings. */
  private long number(JsonNode value) {
    try {
      return Long.parseLong(value.asString(""));
    } catch (NumberFormatException e) {
      throw unavailable("does not speak the beacon API");
    }
  }

  private TeexException missing(String what) {
    return new TeexException(
        ErrorCode.BLOB_NOT_FOUND,
        "the beacon node at %s %s: nodes drop blobs after about 18 days, ask one that keeps them"
            .formatted(shown, what));
  }

  private TeexException unavailable(String what) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "the beacon node at %s %s".formatted(shown, what));
  }
}
