package io.teex.chain;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON-RPC 2.0 over HTTP with one node, at most {@value #CALLS_MAX} calls at a time. Blocking; safe
 * for many threads. Who answers is the host's choice: nothing it says is verified here.
 */
final class JsonRpc implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(20);
  static final int CALLS_MAX = 32;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
  private static final long ANSWER_BYTES_MAX = 64L << 20;
  private static final int LIMIT_EXCEEDED = -32005;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final JsonMapper JSON = new JsonMapper();

  /** One call: a method and its parameters, which Jackson turns into JSON. */
  record Call(String method, List<?> params) {
    Call {
      params = List.copyOf(params);
    }

    static Call of(String method, Object... params) {
      return new Call(method, List.of(params));
    }
  }

  private final String name;
  private final Duration timeout;
  private final URI url;
  private final String shown;
  private final String authorization;
  private final HttpClient http;
  private final AtomicLong ids = new AtomicLong();
  private final Semaphore calls = new Semaphore(CALLS_MAX);

  JsonRpc(URI endpoint) {
    this(endpoint, "the chain's RPC", TIMEOUT);
  }

  /**
   * @param name of who answers, for messages
   * @param timeout of a call
   */
  JsonRpc(URI endpoint, String name, Duration timeout) {
    this.name = name;
    this.timeout = timeout;
    this.url = withoutUser(endpoint);
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_MAX)
            // In the clear, HTTP/2 is asked for by an upgrade, which nodes take for a WebSocket's.
            .version(
                endpoint.getScheme().equals("https")
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .build();
    this.shown = ChainEndpoints.shown(endpoint);
    this.authorization =
        endpoint.getUserInfo() == null
            ? ""
            : "Basic "
                + Base64.getEncoder()
                    .encodeToString(endpoint.getUserInfo().getBytes(StandardCharsets.UTF_8));
  }

  private static URI withoutUser(URI endpoint) {
    String user = endpoint.getRawUserInfo();
    return user == null ? endpoint : URI.create(endpoint.toString().replace(user + "@", ""));
  }

  /** The node as messages name it: without credentials. */
  String shown() {
    return shown;
  }

  /**
   * The result, which may be JSON's null.
   *
   * @throws RpcException if the node answered with an error
   * @throws RateLimited if the node asks for a pause
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if it did not answer, or not in JSON-RPC
   */
  JsonNode call(String method, Object... params) {
    long id = ids.incrementAndGet();
    return result(method, id, post(request(id, Call.of(method, params)), timeout));
  }

  /** Several calls in one round trip; results in the order of the calls. */
  List<JsonNode> batch(List<Call> calls) {
    return batch(calls, timeout);
  }

  List<JsonNode> batch(List<Call> calls, Duration timeout) {
    if (calls.isEmpty()) {
      return List.of();
    }
    long first = ids.getAndAdd(calls.size()) + 1;
    ArrayNode requests = JSON.createArrayNode();
    for (int i = 0; i < calls.size(); i++) {
      requests.add(request(first + i, calls.get(i)));
    }
    JsonNode answers = post(requests, timeout);
    if (answers.isObject() && answers.path("error").isObject()) {
      throw error("a batch", answers.path("error"));
    }
    if (!answers.isArray() || answers.size() != calls.size()) {
      throw unavailable("answered a batch of %d calls with something else".formatted(calls.size()));
    }
    List<JsonNode> results = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      long id = first + i;
      JsonNode answer =
          answers
              .valueStream()
              .filter(candidate -> candidate.path("id").asLong(-1) == id)
              .findFirst()
              .orElseThrow(() -> unavailable("left a call of a batch unanswered"));
      results.add(result(calls.get(i).method(), id, answer));
    }
    return results;
  }

  private static ObjectNode request(long id, Call call) {
    return JSON.createObjectNode()
        .put("jsonrpc", "2.0")
        .put("id", id)
        .put("method", call.method())
        .set("params", JSON.valueToTree(call.params()));
  }

  private JsonNode result(String method, long id, JsonNode answer) {
    JsonNode error = answer.path("error");
    if (error.isObject()) {
      throw error(method, error);
    }
    if (answer.path("id").asLong(-1) != id || !answer.has("result")) {
      throw unavailable("did not answer %s in JSON-RPC 2.0".formatted(method));
    }
    return answer.get("result");
  }

  private RuntimeException error(String method, JsonNode error) {
    int code = error.path("code").asInt(0);
    String message = error.path("message").asString("");
    // The same code also says that a range holds too many events, which no pause helps.
    boolean limited =
        code == TOO_MANY_REQUESTS || (code == LIMIT_EXCEEDED && !message.contains("results"));
    if (limited) {
      long seconds = error.path("data").path("rate").path("backoff_seconds").asLong(0);
      return limited("%s (code %d)".formatted(message, code), seconds);
    }
    return new RpcException(method, code, message, data(error));
  }

  /** Where nodes put the bytes of a revert differs: in the data itself or one level below. */
  private static String data(JsonNode error) {
    JsonNode data = error.path("data");
    return data.isObject() ? data.path("data").asString("") : data.asString("");
  }

  private JsonNode post(JsonNode body, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<byte[]> response = send(request.build(), timeout);
      long pause = retryAfter(response);
      if (response.statusCode() == TOO_MANY_REQUESTS
          || (response.statusCode() == UNAVAILABLE && pause > 0)) {
        throw limited("HTTP status " + response.statusCode(), pause);
      }
      if (response.statusCode() != 200) {
        throw unavailable("answered with HTTP status " + response.statusCode());
      }
      return JSON.readTree(response.body());
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

  private HttpResponse<byte[]> send(HttpRequest request, Duration timeout)
      throws IOException, InterruptedException {
    if (!calls.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw unavailable("answers too slowly: %d calls wait for it already".formatted(CALLS_MAX));
    }
    try {
      return http.send(
          request,
          HttpResponse.BodyHandlers.limiting(
              HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    } finally {
      calls.release();
    }
  }

  /** In seconds; 0 if it is not there, or a date, which needs clocks that agree. */
  private static long retryAfter(HttpResponse<?> response) {
    try {
      return response.headers().firstValue("Retry-After").map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private RateLimited limited(String what, long seconds) {
    Duration pause = seconds <= 0 ? PAUSE : Duration.ofSeconds(seconds);
    return new RateLimited(
        "%s at %s limits the rate: %s".formatted(name, shown, what),
        pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause);
  }

  private TeexException unavailable(String what) {
    return new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE, "%s at %s %s".formatted(name, shown, what));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
