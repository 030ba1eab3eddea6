package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a contract holds as of a block whose hash is trusted: a node tells it with a proof ({@code
 * eth_getProof}), so that it need not be believed.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1186">EIP-1186</a>
 */
final class StateProofs {
  private static final int ACCOUNT_FIELDS = 4;
  private static final int STORAGE_ROOT = 2;
  private static final int WORD = 32;

  private final RpcPool rpc;

  StateProofs(RpcPool rpc) {
    this.rpc = rpc;
  }

  /**
   * The header of a trusted block.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not have it, or tells another
   */
  BlockHeader header(Bytes32 trusted) {
    JsonNode block = rpc.call("eth_getBlockByHash", trusted.toString(), false);
    if (!block.isObject()) {
      throw unproven("does not have block %s".formatted(trusted));
    }
    return BlockHeader.verified(block, trusted);
  }

  /** The header below a trusted one. */
  BlockHeader parent(BlockHeader of) {
    return header(of.parent());
  }

  /**
   * Words of a contract's storage, by slot; zero where it holds nothing.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not prove them
   */
  Map<Bytes32, Bytes32> storage(BlockHeader header, Address contract, List<Bytes32> slots) {
    JsonNode answer;
    try {
      answer =
          rpc.call(
              "eth_getProof",
              contract.toString(),
              slots.stream().map(Bytes32::toString).toList(),
              Hex.quantity(header.number()));
    } catch (RpcException e) {
      throw Reverts.refusedRead("proving what %s holds".formatted(contract), e);
    }
    try {
      return verified(header.stateRoot(), contract, slots, answer);
    } catch (IllegalArgumentException e) {
      throw unproven(
          "does not prove what %s holds at block %s: %s"
              .formatted(contract, header.hash(), e.getMessage()));
    }
  }

  /**
   * @throws IllegalArgumentException if the answer proves something else
   */
  static Map<Bytes32, Bytes32> verified(
      Bytes32 stateRoot, Address contract, List<Bytes32> slots, JsonNode answer) {
    Bytes32 storageRoot =
        storageRoot(
            MerklePatricia.find(stateRoot, contract.value(), nodes(answer.path("accountProof"))));
    JsonNode proofs = answer.path("storageProof");
    if (proofs.size() != slots.size()) {
      throw new IllegalArgumentException(
          "%d proofs for %d slots".formatted(proofs.size(), slots.size()));
    }
    Map<Bytes32, Bytes32> words = new HashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      words.put(
          slots.get(i),
          word(
              MerklePatricia.find(
                  storageRoot, slots.get(i).value(), nodes(proofs.get(i).path("proof")))));
    }
    return words;
  }

  private static Bytes32 storageRoot(Optional<Bytes> account) {
    if (account.isEmpty()) {
      return MerklePatricia.EMPTY_ROOT;
    }
    List<RlpItem> fields = RlpItem.decode(account.get()).list();
    if (fields.size() != ACCOUNT_FIELDS || fields.get(STORAGE_ROOT).text().size() != WORD) {
      throw new IllegalArgumentException("what is proven is no account");
    }
    return new Bytes32(fields.get(STORAGE_ROOT).text());
  }

  private static Bytes32 word(Optional<Bytes> value) {
    Bytes minimal = value.map(encoded -> RlpItem.decode(encoded).text()).orElse(Bytes.EMPTY);
    if (minimal.size() > WORD) {
      throw new IllegalArgumentException("what is proven is longer than a word");
    }
    return new Bytes32(Bytes.concat(Bytes.of(new byte[WORD - minimal.size()]), minimal));
  }

  private static List<Bytes> nodes(JsonNode proof) {
    List<Bytes> nodes = new ArrayList<>();
    proof.forEach(node -> nodes.add(Hex.data(node.asString(""))));
    return nodes;
  }

  private static TeexException unproven(String what) {
    return new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the chain's RPC " + what);
  }
}
