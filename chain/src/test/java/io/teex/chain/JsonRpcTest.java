package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
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

  private static void unavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }
}
