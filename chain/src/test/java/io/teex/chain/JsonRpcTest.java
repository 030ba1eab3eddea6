package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonRpcTest {
  private FakeNode node;
  private JsonRpc rpc;

  @BeforeEach
  void start() throws IOException {
    node = new FakeNode();
    rpc = new JsonRpc(node.endpoint());
  }

  @AfterEach
  void stop() {
    rpc.close();
    node.close();
  }

  @Test
  void sendsOneRequestAndReadsItsResult() {
    node.answer =
        request -> {
          assertThat(request)
              .isEqualTo(
                  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_test\",\"params\":[\"0x1\",true]}");
          return "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"}";
        };

    assertThat(rpc.call("eth_test", "0x1", true).asString()).isEqualTo("0x2");
  }

  @Test
  void readsABatchInItsOwnOrder() {
    node.answer =
        request ->
            "[{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"b\"},"
                + "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\"}]";

    List<JsonNode> results =
        rpc.batch(List.of(new JsonRpc.Call("one", List.of()), new JsonRpc.Call("two", List.of())));

    assertThat(results).extracting(JsonNode::asString).containsExactly("a", "b");
    assertThat(rpc.batch(List.of())).isEmpty();
  }

  @Test
  void reportsTheNodesError() {
    node.answer =
        request ->
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":\"execution reverted\","
                + "\"data\":{\"data\":\"0x4e487b71\"}}}";

    assertThatThrownBy(() -> rpc.call("eth_call"))
        .hasMessageContaining("execution reverted")
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> {
              assertThat(e.code()).isEqualTo(3);
              assertThat(e.data()).isEqualTo("0x4e487b71");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "7",
        "[]",
        "{}",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x1\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}"
      })
  void anythingElseIsNoAnswer(String answer) {
    node.answer = request -> answer;

    unavailable(() -> rpc.call("eth_test"));
  }

  @Test
  void aBatchWithAHoleIsNoAnswer() {
    List<JsonRpc.Call> calls =
        List.of(new JsonRpc.Call("one", List.of()), new JsonRpc.Call("two", List.of()));
    node.answer = request -> "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\"}]";
    unavailable(() -> rpc.batch(calls));

    node.answer =
        request ->
            "[{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"a\"},"
                + "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":\"a\"}]";
    unavailable(() -> rpc.batch(calls));
  }

  @Test
  void anotherStatusIsNoAnswer() {
    node.status = 503;

    unavailable(() -> rpc.call("eth_test"));
  }

  @Test
  void nobodyThereIsNoAnswer() {
    URI endpoint = node.endpoint();
    node.close();
    try (JsonRpc lonely = new JsonRpc(endpoint)) {
      assertThatThrownBy(() -> lonely.call("eth_test"))
          .hasMessageContaining(endpoint.toString())
          .hasMessageContaining("is it running?")
          .isInstanceOf(TeexException.class);
    }
  }

  @Test
  void aLimitOfTheRateIsNoFailure() {
    node.status = 429;
    node.headers.put("Retry-After", "7");
    limited(Duration.ofSeconds(7));
    node.headers.put("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
    limited(Duration.ofSeconds(1));
    node.headers.put("Retry-After", "86400");
    limited(Duration.ofMinutes(1));
    node.status = 503;
    limited(Duration.ofMinutes(1));

    node.status = 200;
    node.answer =
        request ->
            "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32005,\"message\":\"slow down\","
                + "\"data\":{\"rate\":{\"backoff_seconds\":3}}}}";
    limited(Duration.ofSeconds(3));
  }

  private void limited(Duration pause) {
    assertThatThrownBy(() -> rpc.call("eth_test"))
        .isInstanceOfSatisfying(RateLimited.class, e -> assertThat(e.pause()).isEqualTo(pause));
  }

  @Test
  void tooManyResultsAreTheNodesAnswer() {
    node.answer =
        request ->
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32005,"
                + "\"message\":\"query returned more than 10000 results\"}}";

    assertThatThrownBy(() -> rpc.call("eth_getLogs")).isInstanceOf(RpcException.class);
  }

  @Test
  void credentialsAreSentAndNeverShown() {
    URI secret =
        URI.create("http://me:pass@127.0.0.1:" + node.endpoint().getPort() + "/v3/token?key=word");
    node.answer = request -> "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"}";
    try (JsonRpc known = new JsonRpc(secret)) {
      assertThat(known.call("eth_test").asString()).isEqualTo("0x2");
      assertThat(node.authorization).isEqualTo("Basic bWU6cGFzcw==");
      assertThat(node.path).isEqualTo("/v3/token?key=word");

      node.status = 401;
      assertThatThrownBy(() -> known.call("eth_test"))
          .hasMessageContaining("http://127.0.0.1:" + node.endpoint().getPort() + "/… answered")
          .hasMessageContaining("401")
          .extracting(e -> String.valueOf(e))
          .asString()
          .doesNotContain("pass", "token", "word");
    }
  }

  private static void unavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }
}
