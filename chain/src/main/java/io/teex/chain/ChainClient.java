package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One or more Ethereum nodes of one chain, as far as their JSON-RPC can be believed: UNVERIFIED.
 * Blocking; safe for many threads. Calls fail with {@code CHAIN_UNAVAILABLE} if no node answers,
 * and with {@code CHAIN_REJECTED} and the contract's own error if a contract refuses.
 */
public final class ChainClient implements ChainReader, AutoCloseable {
  private static final int FEE_BLOCKS = 5;

  /** A block's place in the chain; {@code time} in seconds since the epoch. */
  public record Block(long number, Bytes32 hash, long time, BigInteger baseFee) {}

  /** An event as a node tells it. */
  public record Log(
      Address address,
      List<Bytes32> topics,
      Bytes data,
      long block,
      Bytes32 blockHash,
      Bytes32 transaction,
      int index) {
    public Log {
      topics = List.copyOf(topics);
    }
  }

  private final RpcPool rpc;
  private final LogReader logReader;
  private final long chainId;

  private ChainClient(RpcPool rpc, long chainId) {
    this.rpc = rpc;
    this.logReader = new LogReader(rpc);
    this.chainId = chainId;
  }

  /** Connects to one node. */
  public static ChainClient connect(URI endpoint) {
    return connect(ChainEndpoints.of(endpoint));
  }

  /**
   * Connects to whichever of the nodes answers, and asks for the chain id once. Several are
   * compared with each other from time to time; one that differs is left out.
   */
  public static ChainClient connect(ChainEndpoints endpoints) {
    RpcPool rpc = new RpcPool(endpoints);
    try {
      return new ChainClient(rpc, Hex.longNumber(rpc.call("eth_chainId").asString()));
    } catch (RuntimeException e) {
      rpc.close();
      throw e;
    }
  }

  public ChainEndpoints endpoints() {
    return rpc.endpoints();
  }

  public long chainId() {
    return chainId;
  }

  public long blockNumber() {
    return Hex.longNumber(rpc.call("eth_blockNumber").asString());
  }

  /** The newest block. */
  public Block head() {
    return block("latest").orElseThrow(() -> unavailable("knows no newest block"));
  }

  /** Empty if the chain is not that long, or the node has forgotten it. */
  public Optional<Block> block(long number) {
    return block(Hex.quantity(number));
  }

  /**
   * The newest block, and the one that is at {@code number} now, in one round trip: two views that
   * tell whether a block seen before is still on the chain.
   */
  HeadAndAncestor headAnd(long number) {
    List<JsonNode> blocks =
        rpc.batch(
            List.of(
                new JsonRpc.Call("eth_getBlockByNumber", List.of("latest", false)),
                new JsonRpc.Call("eth_getBlockByNumber", List.of(Hex.quantity(number), false))));
    return new HeadAndAncestor(
        block(blocks.getFirst()).orElseThrow(() -> unavailable("knows no newest block")),
        block(blocks.getLast()));
  }

  record HeadAndAncestor(Block head, Optional<Block> ancestor) {}

  private Optional<Block> block(String tag) {
    return block(rpc.call("eth_getBlockByNumber", tag, false));
  }

  private static Optional<Block> block(JsonNode answer) {
    return Optional.of(answer)
        .filter(JsonNode::isObject)
        .map(block ->
            new Block(
                Hex.longNumber(text(block, "number")),
                bytes32(block, "hash"),
                Hex.longNumber(text(block, "timestamp")),
                Hex.number(block.path("baseFeePerGas").asString("0x0"))));
  }

  /** The code of a contract; empty where there is none. */
  public Bytes code(Address contract) {
    return Hex.data(rpc.call("eth_getCode", contract.toString(), "latest").asString());
  }

  /** Ether of an account, in wei. */
  public BigInteger ether(Address account) {
    return Hex.number(rpc.call("eth_getBalance", account.toString(), "latest").asString());
  }

  /** Reads contracts as of one block, as long as the node knows it and it is on the chain. */
  public ChainReader at(Block block) {
    Map<String, Object> reference =
        Map.of("blockHash", block.hash().toString(), "requireCanonical", true);
    return new ChainReader() {
      @Override
      public Bytes read(Address contract, Bytes call) {
        return ChainClient.this.read(contract, call, reference);
      }

      @Override
      public Optional<Bytes> find(Address contract, Bytes call, String... absent) {
        return ChainClient.this.find(contract, call, reference, absent);
      }

      @Override
      public List<Log> logs(Address contract, List<Bytes32> topics, long from, long to) {
        return ChainClient.this.logs(contract, topics, from, Math.min(to, block.number()));
      }
    };
  }

  /** What a contract's view returns, in the newest block. */
  @Override
  public Bytes read(Address contract, Bytes call) {
    return read(contract, call, "latest");
  }

  @Override
  public Optional<Bytes> find(Address contract, Bytes call, String... absent) {
    return find(contract, call, "latest", absent);
  }

  private Bytes read(Address contract, Bytes call, Object block) {
    try {
      return ethCall(contract, call, block);
    } catch (RpcException e) {
      throw Reverts.refusedRead("reading " + contract, e);
    }
  }

  private Optional<Bytes> find(Address contract, Bytes call, Object block, String... absent) {
    try {
      return Optional.of(ethCall(contract, call, block));
    } catch (RpcException e) {
      if (Reverts.isOneOf(e, absent)) {
        return Optional.empty();
      }
      throw Reverts.refusedRead("reading " + contract, e);
    }
  }

  private Bytes ethCall(Address contract, Bytes call, Object block) {
    Map<String, Object> message = Map.of("to", contract.toString(), "input", call.toString());
    Bytes returned = Hex.data(rpc.call("eth_call", message, block).asString());
    if (returned.isEmpty()) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "there is no contract at %s on the chain at %s: was it reset, or is it another chain?"
              .formatted(contract, endpoints()));
    }
    return returned;
  }

  @Override
  public List<Log> logs(Address contract, List<Bytes32> topics, long from, long to) {
    return logReader.read(contract, topics, from, to);
  }

  static List<Log> logs(JsonNode answer) {
    return answer.valueStream().map(ChainClient::log).toList();
  }

  private static Log log(JsonNode log) {
    return new Log(
        Address.fromHex(text(log, "address")),
        log.path("topics").valueStream().map(topic -> Bytes32.fromHex(topic.asString())).toList(),
        Hex.data(text(log, "data")),
        Hex.longNumber(text(log, "blockNumber")),
        bytes32(log, "blockHash"),
        bytes32(log, "transactionHash"),
        (int) Hex.longNumber(text(log, "logIndex")));
  }

  /** The newest block that counts. */
  public Block head(Finality finality) {
    return switch (finality) {
      case Finality.Depth(int blocks) -> {
        Block head = head();
        yield blocks == 0
            ? head
            : block(Math.max(0, head.number() - blocks))
                .orElseThrow(() -> unavailable("knows no block below its newest"));
      }
      case Finality.Tag tag ->
          block(tag.toString())
              .orElseThrow(() ->
                  unavailable(
                      "knows no %s block: set chain.confirmations to a number".formatted(tag)));
    };
  }

  /** How many transactions of an account are in blocks. */
  long minedNonce(Address account) {
    return nonce(account, "latest");
  }

  /** The same, and those that the node holds for the next blocks. */
  long pendingNonce(Address account) {
    return nonce(account, "pending");
  }

  private long nonce(Address account, String tag) {
    return Hex.longNumber(
        rpc.call("eth_getTransactionCount", account.toString(), tag).asString(""));
  }

  /** What a transaction should offer to be in one of the next blocks. */
  Fees fees(BigInteger cap) {
    try {
      JsonNode history =
          rpc.call("eth_feeHistory", Hex.quantity(FEE_BLOCKS), "latest", List.of(50));
      JsonNode base = history.path("baseFeePerGas");
      List<BigInteger> tips =
          history
              .path("reward")
              .valueStream()
              .map(rewards -> Hex.number(rewards.path(0).asString("")))
              .sorted()
              .toList();
      if (base.size() > 0) {
        return Fees.estimate(
            Hex.number(base.get(base.size() - 1).asString("")),
            tips.isEmpty() ? BigInteger.ZERO : tips.get(tips.size() / 2),
            cap);
      }
    } catch (RpcException e) {
      // A node that keeps no history: the newest block says what gas costs.
    }
    return Fees.estimate(head().baseFee(), Fees.GWEI, cap);
  }

  /**
   * @throws TeexException {@code CHAIN_REJECTED} if the chain has no blobs
   */
  public void requireBlobs() {
    blobBaseFee();
  }

  /**
   * What blob gas costs in the next block, in wei.
   *
   * @throws TeexException {@code CHAIN_REJECTED} if the chain has no blobs
   */
  BigInteger blobBaseFee() {
    try {
      return Hex.number(rpc.call("eth_blobBaseFee").asString(""));
    } catch (RpcException e) {
      // Not every node has this method; the newest block says what it comes from.
    }
    JsonNode excess = rpc.call("eth_getBlockByNumber", "latest", false).path("excessBlobGas");
    if (!excess.isString()) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "the chain at %s has no blobs: post receipts in calldata, or their root alone"
              .formatted(endpoints()));
    }
    return BlobFee.atMost(Hex.number(excess.asString()));
  }

  /** What the transaction would use, or {@code CHAIN_REJECTED} if it would revert. */
  long estimateGas(String what, Map<String, Object> transaction) {
    return attempt(what, () -> Hex.longNumber(rpc.call("eth_estimateGas", transaction).asString()));
  }

  /** What a node did with a transaction. */
  enum Taken {
    /** It has it, now or already. */
    TAKEN,
    /** A transaction of this nonce is in a block: this one, or another. */
    NONCE_USED,
    /** It has another transaction of this nonce that offers as much, or the offer is too low. */
    UNDERPRICED
  }

  /**
   * @throws TeexException {@code CHAIN_REJECTED} if it is refused for another reason
   */
  Taken send(String what, Bytes raw) {
    try {
      rpc.call("eth_sendRawTransaction", raw.toString());
      return Taken.TAKEN;
    } catch (RpcException e) {
      // Nodes have no codes for these.
      String said = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      if (said.contains("already known")
          || said.contains("already imported")
          || said.contains("known transaction")) {
        return Taken.TAKEN;
      }
      if (said.contains("nonce too low") || said.contains("nonce is too low")) {
        return Taken.NONCE_USED;
      }
      if (said.contains("already reserved")) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "%s: the node still holds a transaction of the account that has blobs where this one has none, or the other way round"
                .formatted(what),
            e);
      }
      if (said.contains("underpriced") || said.contains("less than block base fee")) {
        return Taken.UNDERPRICED;
      }
      throw Reverts.rejected(
          raw.at(0) == Transaction.TYPE_WITH_BLOBS
              ? what + " (blobs with the cell proofs of EIP-7594, if the node knows them)"
              : what,
          e);
    }
  }

  /** What the node proves instead of only telling it. */
  StateProofs proofs() {
    return new StateProofs(rpc);
  }

  /**
   * What a transaction was sent with.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not know it
   */
  public Bytes input(Bytes32 transaction) {
    JsonNode found = rpc.call("eth_getTransactionByHash", transaction.toString());
    if (!found.path("input").isString()) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE, "the node does not know transaction " + transaction);
    }
    return Hex.data(found.get("input").asString());
  }

  /**
   * The blobs that a transaction came with; only the embedded chain keeps them in its own node.
   *
   * @throws TeexException {@code BLOB_NOT_FOUND} if the node has none of it
   */
  List<Bytes> blobs(Bytes32 transaction) {
    try {
      JsonNode blobs = rpc.call("anvil_getBlobsByTransactionHash", transaction.toString());
      if (blobs.isArray()) {
        return blobs.valueStream().map(blob -> Hex.data(blob.asString(""))).toList();
      }
    } catch (RpcException e) {
      // Not an embedded chain.
    }
    throw new TeexException(
        ErrorCode.BLOB_NOT_FOUND,
        "the node at %s keeps no blobs of transaction %s: ask a beacon node"
            .formatted(endpoints(), transaction));
  }

  /** Empty while the transaction is in no block. */
  public Optional<Mined> receipt(Bytes32 transaction) {
    return Optional.of(rpc.call("eth_getTransactionReceipt", transaction.toString()))
        .filter(JsonNode::isObject)
        .map(receipt ->
            new Mined(
                transaction,
                Hex.longNumber(text(receipt, "status")) == 1,
                Hex.longNumber(text(receipt, "blockNumber")),
                bytes32(receipt, "blockHash"),
                Hex.longNumber(text(receipt, "gasUsed")),
                Hex.longNumber(receipt.path("blobGasUsed").asString("0x0")),
                receipt.path("contractAddress").isString()
                    ? Optional.of(Address.fromHex(text(receipt, "contractAddress")))
                    : Optional.empty(),
                receipt.path("logs").valueStream().map(ChainClient::log).toList()));
  }

  /** For development chains: methods that no public node has, such as {@code anvil_setBalance}. */
  public void development(String method, Object... params) {
    attempt(method, () -> rpc.call(method, params));
  }

  /** For development chains: remembers the state, for {@code evm_revert}. */
  String snapshot() {
    return attempt("evm_snapshot", () -> rpc.call("evm_snapshot").asString(""));
  }

  private interface Attempt<T> {
    T run();
  }

  private static <T> T attempt(String what, Attempt<T> attempt) {
    try {
      return attempt.run();
    } catch (RpcException e) {
      throw Reverts.rejected(what, e);
    }
  }

  private static Bytes32 bytes32(JsonNode object, String field) {
    return Bytes32.fromHex(text(object, field));
  }

  private static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (!value.isString()) {
      throw unavailable("left out '%s'".formatted(field));
    }
    return value.asString();
  }

  private static TeexException unavailable(String what) {
    return new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the chain's RPC " + what);
  }

  @Override
  public void close() {
    rpc.close();
  }
}
