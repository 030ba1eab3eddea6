package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.ServiceId;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Facts of a real chain that its node proves, and a node that would like to be believed. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class ProvenChainViewsTest {
  @Parameter NodeKind kind;

  private static final SigningKey USER = DevAccounts.key(2);
  private static final Address DISPATCHER = DevAccounts.key(3).address();
  private static final JsonMapper JSON = new JsonMapper();

  private static EmbeddedChain chain;
  private static long expiry;

  @BeforeParameterizedClassInvocation
  static void start(NodeKind kind) {
    chain = EmbeddedChain.start(kind);
    chain.fund(USER.address(), Amount.of(1_000));
    expiry = chain.now() + 86_400;
    chain
        .settlement()
        .depositAndAllow(
            chain.sender(USER),
            DISPATCHER,
            7,
            Amount.of(900),
            expiry,
            chain
                .token()
                .permit(USER, chain.addresses.settlement(), Amount.of(900), chain.now() + 3_600));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  private static TrustedHeads.Head head() {
    ChainClient.Block block = chain.client.head();
    return new TrustedHeads.Head(block.number(), block.hash());
  }

  private static ChainView view(ChainClient client) {
    TrustedHeads.Head head = head();
    return new ProvenChainViews(client, chain.addresses, () -> head, InstantSource.system())
        .latest();
  }

  @Test
  void moneyIsProvenAndSaysSo() {
    ChainView view = view(chain.client);

    assertThat(view.allowance(USER.address(), DISPATCHER, 7))
        .isEqualTo(
            new Fact<>(
                new Settlement.Allowance(Amount.of(900), 0, expiry),
                Trust.VERIFIED,
                view.block().number()));
    assertThat(view.allowance(USER.address(), DISPATCHER, 8).value())
        .isEqualTo(new Settlement.Allowance(Amount.ZERO, 0, 0));
    assertThat(view.request(new TaskId(Bytes32.ZERO)))
        .isEqualTo(new Fact<>(Optional.empty(), Trust.VERIFIED, view.block().number()));
    assertThat(view.batchChain(DISPATCHER).value())
        .isEqualTo(new Settlement.BatchChain(0, 0, false, Bytes32.ZERO, Amount.ZERO, Amount.ZERO));
  }

  @Test
  void theBlocksBelowATrustedOneAreProven() {
    ChainView view = view(chain.client);
    long number = view.block().number();

    assertThat(view.block()).isEqualTo(chain.client.head());
    for (long below = number; below >= Math.max(0, number - 5); below--) {
      assertThat(view.blockHash(below).value())
          .isEqualTo(chain.client.block(below).map(ChainClient.Block::hash));
      assertThat(view.blockHash(below).trust()).isEqualTo(Trust.VERIFIED);
    }
    assertThat(view.blockHash(number + 1).value()).isEmpty();
  }

  @Test
  void whatIsNotProvenSaysSo() {
    ChainView view = view(chain.client);

    assertThat(view.trust()).isEqualTo(Trust.UNVERIFIED);
    assertThat(view.service(ServiceId.of(1)).trust()).isEqualTo(Trust.UNVERIFIED);
    assertThat(view.isActive(DISPATCHER, Role.DISPATCHER).trust()).isEqualTo(Trust.UNVERIFIED);
  }

  @Test
  void aFactIsThatOfItsBlockNotOfTheNewest() {
    ChainView before = view(chain.client);
    chain.client.development("evm_mine");

    assertThat(before.allowance(USER.address(), DISPATCHER, 7).value().remaining())
        .isEqualTo(Amount.of(900));
  }

  @Test
  void aNodeThatInventsMoneyIsNotBelieved() {
    lied(
        "eth_getProof",
        answer -> ((ObjectNode) answer.at("/storageProof/0")).putArray("proof"),
        "does not prove what");
    lied(
        "eth_getBlockByHash",
        answer -> ((ObjectNode) answer).put("timestamp", "0x1"),
        "told a header that hashes to");
  }

  private interface Lie {
    void in(JsonNode answer);
  }

  private static void lied(String method, Lie lie, String said) {
    try (FakeNode node = new FakeNode();
        JsonRpc real = new JsonRpc(chain.endpoint)) {
      node.answer = request -> answer(real, JSON.readTree(request), method, lie);
      try (ChainClient client = ChainClient.connect(node.endpoint())) {
        assertThatThrownBy(() -> view(client).allowance(USER.address(), DISPATCHER, 7))
            .hasMessageContaining(said)
            .isInstanceOfSatisfying(
                TeexException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String answer(JsonRpc real, JsonNode request, String method, Lie lie) {
    JsonNode result =
        real.call(request.get("method").asString(), request.get("params").valueStream().toArray());
    if (request.get("method").asString().equals(method)) {
      lie.in(result);
    }
    ObjectNode answer =
        JSON.createObjectNode().put("jsonrpc", "2.0").put("id", request.get("id").asLong());
    answer.set("result", result);
    return answer.toString();
  }
}
