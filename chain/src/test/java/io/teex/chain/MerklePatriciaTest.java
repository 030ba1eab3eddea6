package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Headers and proofs of Ethereum's main net, as public nodes tell them. */
class MerklePatriciaTest {
  private static final JsonNode MAINNET = read();
  private static final JsonNode DEPOSITS = MAINNET.get("depositContract");
  private static final Address DEPOSIT_CONTRACT =
      Address.fromHex("0x00000000219ab540356cBB839Cbe05303d7705Fa");

  private static JsonNode read() {
    try (InputStream in = MerklePatriciaTest.class.getResourceAsStream("mainnet-21925176.json")) {
      return new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BlockHeader header() {
    return BlockHeader.verified(
        MAINNET.get("block"), Bytes32.fromHex(MAINNET.get("block").get("hash").asString()));
  }

  private static List<Bytes> nodes(JsonNode proof) {
    List<Bytes> nodes = new ArrayList<>();
    proof.forEach(node -> nodes.add(Hex.data(node.asString())));
    return nodes;
  }

  @Test
  void aHeaderHashesToTheHashOfItsBlock() {
    assertThat(header().number()).isEqualTo(21_925_176);
    assertThat(header().time()).isEqualTo(0x67be0db3L);
    assertThat(header().parent())
        .hasToString("0x2af1ab84a4e79f58be9b35b77968f792a842866f0f94fed37521ecca17c7f442");
  }

  @Test
  void aHeaderThatIsChangedAnywhereIsRefused() {
    Bytes32 trusted = header().hash();
    for (String field : List.of("stateRoot", "timestamp", "logsBloom", "parentBeaconBlockRoot")) {
      ObjectNode changed = (ObjectNode) MAINNET.get("block").deepCopy();
      String value = changed.get(field).asString();
      changed.put(
          field, value.substring(0, value.length() - 1) + (value.endsWith("0") ? "1" : "0"));

      assertThatThrownBy(() -> BlockHeader.verified(changed, trusted))
          .isInstanceOf(TeexException.class)
          .hasMessageContaining("told a header that hashes to");
    }
  }

  @Test
  void anAccountIsProven() {
    JsonNode miner = MAINNET.get("miner");
    Bytes account =
        MerklePatricia.find(
                header().stateRoot(),
                Hex.data(miner.get("address").asString()),
                nodes(miner.get("accountProof")))
            .orElseThrow();

    List<RlpItem> fields = RlpItem.decode(account).list();
    assertThat(fields.get(0).text()).isEqualTo(minimal(miner.get("nonce").asString()));
    assertThat(fields.get(1).text()).isEqualTo(minimal(miner.get("balance").asString()));
  }

  private static Bytes minimal(String quantity) {
    return RlpItem.decode(Bytes.of(Rlp.number(Hex.number(quantity)))).text();
  }

  private static Map<Bytes32, Bytes32> words(JsonNode answer) {
    return StateProofs.verified(header().stateRoot(), DEPOSIT_CONTRACT, List.of(slot(1)), answer);
  }

  private static Bytes32 slot(int number) {
    return StorageLayout.word(BigInteger.valueOf(number));
  }

  @Test
  void aWordOfAContractsStorageIsProven() {
    assertThat(words(DEPOSITS))
        .containsExactlyEntriesOf(
            Map.of(
                slot(1),
                Bytes32.fromHex(DEPOSITS.get("storageProof").get(0).get("value").asString())));
  }

  @Test
  void whatIsProvenOfOneSlotOrAccountIsNotProvenOfAnother() {
    assertThatThrownBy(() ->
            StateProofs.verified(
                header().stateRoot(), DEPOSIT_CONTRACT, List.of(slot(2)), DEPOSITS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            StateProofs.verified(
                header().stateRoot(),
                Address.fromHex("0x00000000000000000000000000000000000000aa"),
                List.of(slot(1)),
                DEPOSITS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProofWithANodeMoreOrLessIsRefused() {
    ObjectNode less = (ObjectNode) DEPOSITS.deepCopy();
    ((ArrayNode) less.get("accountProof")).remove(7);
    assertThatThrownBy(() -> words(less)).hasMessageContaining("ends before the key does");

    ObjectNode more = (ObjectNode) DEPOSITS.deepCopy();
    ((ArrayNode) more.get("accountProof")).add(more.get("accountProof").get(0).asString());
    assertThatThrownBy(() -> words(more)).hasMessageContaining("lead nowhere");

    ObjectNode none = (ObjectNode) DEPOSITS.deepCopy();
    ((ArrayNode) none.get("storageProof").get(0).get("proof")).removeAll();
    assertThatThrownBy(() -> words(none)).hasMessageContaining("no proof for a trie");
  }

  @Test
  void aProofWithOneBitChangedIsRefused() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      ObjectNode changed = (ObjectNode) DEPOSITS.deepCopy();
      ArrayNode proof =
          random.nextBoolean()
              ? (ArrayNode) changed.get("accountProof")
              : (ArrayNode) changed.get("storageProof").get(0).get("proof");
      int node = random.nextInt(proof.size());
      byte[] bytes = Hex.data(proof.get(node).asString()).copy();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      proof.set(node, Bytes.of(bytes).toString());

      assertThatThrownBy(() ->
              StateProofs.verified(
                  header().stateRoot(), DEPOSIT_CONTRACT, List.of(slot(1)), changed))
          .as("seed %d, round %d", seed, round)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anEmptyTrieNeedsNoProof() {
    assertThat(MerklePatricia.find(MerklePatricia.EMPTY_ROOT, Bytes.of((byte) 1), List.of()))
        .isEmpty();
    assertThat(MerklePatricia.EMPTY_ROOT)
        .hasToString("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  }
}
