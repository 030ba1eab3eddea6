package io.teex.chain;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON-RPC 2.0 over HTTP. Blocking; safe for many threads. Who answers is the host's choice:
 * nothing it says is verified here.
 */
final class JsonRpc implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final JsonMapper JSON = new JsonMapper();

  /** One call: a method and its parameters, which Jackson turns into JSON. */
  record Call(String method, List<?> params) {
    Call {
      params = List.copyOf(params);
    }
  }

  private final URI endpoint;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final AtomicLong ids = new AtomicLong();

  JsonRpc(URI endpoint) {
    this.endpoint = endpoint;
  }

  URI endpoint() {
    return endpoint;
  }

  /**
   * The result, which may be JSON's null.
   *
   * @throws RpcException if the node answered with an error
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if it did not answer, or not in JSON-RPC
   */
  JsonNode call(String method, Object... params) {
    long id = ids.incrementAndGet();
    return result(method, id, post(request(id, new Call(method, List.of(params)))));
  }

  /** Several calls in one round trip; results in the order of the calls. */
  List<JsonNode> batch(List<Call> calls) {
    if (calls.isEmpty()) {
      return List.of();
    }
    long first = ids.getAndAdd(calls.size()) + 1;
    ArrayNode requests = JSON.createArrayNode();
    for (int i = 0; i < calls.size(); i++) {
      requests.add(request(first + i, calls.get(i)));
    }
    JsonNode answers = post(requests);
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
      throw new RpcException(
          method, error.path("code").asInt(0), error.path("message").asString(""), data(error));
    }
    if (answer.path("id").asLong(-1) != id || !answer.has("result")) {
      throw unavailable("did not answer %s in JSON-RPC 2.0".formatted(method));
    }
    return answer.get("result");
  }

  /** Where nodes put the bytes of a revert differs: in the data itself or one level below. */
  private static String data(JsonNode error) {
    JsonNode data = error.path("data");
    return data.isObject() ? data.path("data").asString("") : data.asString("");
  }

  private JsonNode post(JsonNode body) {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw unavailable("answered with HTTP status " + response.statusCode());
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the chain's RPC at %s does not answer (%s): is it running?"
              .formatted(endpoint, e.getClass().getSimpleName()),
          e);
    } catch (JacksonException e) {
      throw unavailable("answered with something that is not JSON");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for: interrupted");
    }
  }

  private TeexException unavailable(String what) {
    return new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE, "the chain's RPC at %s %s".formatted(endpoint, what));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
