package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Events of a real chain, through a node that leaves some out, tells some twice, or lags. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class LogReaderTest {
  @Parameter NodeKind kind;

  private static final JsonMapper JSON = new JsonMapper();
  private static final Bytes32 TRANSFER =
      Keccak.hash("Transfer(address,address,uint256)".getBytes(StandardCharsets.UTF_8));
  private static final Address SOMEBODY =
      Address.fromHex("0x00000000000000000000000000000000000000cc");

  private static EmbeddedChain chain;
  private static long first;
  private static long last;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
    first = chain.client.blockNumber() + 1;
    for (int i = 1; i <= 6; i++) {
      chain.token().mint(chain.governance, SOMEBODY, Amount.of(i));
    }
    last = chain.client.blockNumber();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  /** What a node does to the answers. */
  private interface Change {
    void to(JsonNode request, ObjectNode answer);
  }

  private static List<ChainClient.Log> read(Change change) {
    try (FakeNode node = new FakeNode();
        JsonRpc real = new JsonRpc(chain.endpoint);
        RpcPool pool = new RpcPool(ChainEndpoints.of(node.endpoint()))) {
      node.answer = request -> answer(real, JSON.readTree(request), change);
      return new LogReader(pool).read(chain.addresses.token(), List.of(TRANSFER), first, last);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String answer(JsonRpc real, JsonNode request, Change change) {
    if (request.isArray()) {
      ArrayNode all = JSON.createArrayNode();
      request.forEach(one -> all.add(one(real, one, change)));
      return all.toString();
    }
    return one(real, request, change).toString();
  }

  private static ObjectNode one(JsonRpc real, JsonNode request, Change change) {
    List<Object> params = new ArrayList<>();
    request.get("params").forEach(params::add);
    ObjectNode answer =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("id", request.get("id").asLong());
    answer.set("result", real.call(request.get("method").asString(), params.toArray()));
    change.to(request, answer);
    return answer;
  }

  private static boolean isRange(JsonNode request) {
    return request.get("method").asString().equals("eth_getLogs")
        && request.get("params").get(0).has("fromBlock");
  }

  private static void readsAll(Change change) {
    assertThat(read(change))
        .isEqualTo(chain.client.logs(chain.addresses.token(), List.of(TRANSFER), first, last))
        .hasSize(6);
  }

  private static void refused(String why, Change change) {
    assertThatThrownBy(() -> read(change))
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  @Test
  void whatANodeLeavesOutIsAskedForAgain() {
    readsAll((request, answer) -> {
      if (isRange(request)) {
        ((ArrayNode) answer.get("result")).remove(2);
      }
    });
  }

  @Test
  void whatANodeTellsTwiceOrOutOfOrderIsToldOnceAndInOrder() {
    readsAll((request, answer) -> {
      if (isRange(request)) {
        ArrayNode logs = (ArrayNode) answer.get("result");
        logs.add(logs.remove(0));
        logs.add(logs.get(3));
      }
    });
  }

  @Test
  void aRangeThatIsTooLargeIsHalved() {
    AtomicInteger asked = new AtomicInteger();
    readsAll((request, answer) -> {
      if (isRange(request)) {
        asked.incrementAndGet();
        if (answer.get("result").size() > 2) {
          answer.remove("result");
          answer
              .putObject("error")
              .put("code", -32005)
              .put("message", "query returned more than 2 results");
        }
      }
    });
    assertThat(asked.get()).isGreaterThan(3);
  }

  @Test
  void aNodeThatDoesNotHaveTheLastBlockIsNotBelieved() {
    refused(
        "does not have block %d yet".formatted(last),
        (request, answer) -> {
          if (request.get("method").asString().equals("eth_getBlockByNumber")
              && Hex.longNumber(request.get("params").get(0).asString()) == last) {
            answer.putNull("result");
          }
        });
  }

  @Test
  void eventsOfABlockThatIsNotOnTheChainAreNotBelieved() {
    refused(
        "was reorganised at block " + first,
        (request, answer) -> {
          if (isRange(request)) {
            ((ObjectNode) answer.get("result").get(0)).put("blockHash", TRANSFER.toString());
          }
        });
  }

  @Test
  void anEventOfAnotherContractIsNotBelieved() {
    refused(
        "told an event that was not asked for",
        (request, answer) -> {
          if (isRange(request)) {
            ((ObjectNode) answer.get("result").get(0)).put("address", SOMEBODY.toString());
          }
        });
  }

  @Test
  void twoEventsAtOnePlaceAreNotBelieved() {
    refused(
        "told two events at place",
        (request, answer) -> {
          if (isRange(request)) {
            ArrayNode logs = (ArrayNode) answer.get("result");
            ObjectNode other = (ObjectNode) logs.get(0).deepCopy();
            logs.add(other.put("data", Bytes.of(new byte[32]).toString()));
          }
        });
  }
}
