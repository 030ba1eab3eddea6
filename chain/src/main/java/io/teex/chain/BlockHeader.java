package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A block's header that hashes to the hash that it goes by, so that whoever trusts the hash may
 * trust the header.
 *
 * @param time seconds since the epoch
 */
record BlockHeader(
    Bytes32 hash, Bytes32 parent, Bytes32 stateRoot, long number, long time, BigInteger baseFee) {
  /** Those of London, Shanghai, Cancun and Prague, in their order; a header ends at its fork's. */
  private static final List<Field> LATER =
      List.of(
          new Field("baseFeePerGas", true),
          new Field("withdrawalsRoot", false),
          new Field("blobGasUsed", true),
          new Field("excessBlobGas", true),
          new Field("parentBeaconBlockRoot", false),
          new Field("requestsHash", false));

  private static final List<Field> FIRST =
      List.of(
          new Field("parentHash", false),
          new Field("sha3Uncles", false),
          new Field("miner", false),
          new Field("stateRoot", false),
          new Field("transactionsRoot", false),
          new Field("receiptsRoot", false),
          new Field("logsBloom", false),
          new Field("difficulty", true),
          new Field("number", true),
          new Field("gasLimit", true),
          new Field("gasUsed", true),
          new Field("timestamp", true),
          new Field("extraData", false),
          new Field("mixHash", false),
          new Field("nonce", false));

  private record Field(String name, boolean isNumber) {
    byte[] encode(JsonNode block) {
      String value = block.path(name).asString("");
      return isNumber ? Rlp.number(Hex.number(value)) : Rlp.string(Hex.data(value));
    }
  }

  /**
   * Reads a header as nodes tell it.
   *
   * @param trusted the hash that it must have
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if it has another one
   */
  static BlockHeader verified(JsonNode block, Bytes32 trusted) {
    List<byte[]> fields = new ArrayList<>();
    FIRST.forEach(field -> fields.add(field.encode(block)));
    LATER.stream()
        .takeWhile(field -> block.path(field.name()).isString())
        .forEach(field -> fields.add(field.encode(block)));
    Bytes32 hash = Keccak.hash(Rlp.list(fields));
    if (!hash.equals(trusted)) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the chain's RPC told a header that hashes to %s as that of block %s"
              .formatted(hash, trusted));
    }
    return new BlockHeader(
        hash,
        new Bytes32(data(block, "parentHash")),
        new Bytes32(data(block, "stateRoot")),
        Hex.longNumber(block.path("number").asString()),
        Hex.longNumber(block.path("timestamp").asString()),
        Hex.number(block.path("baseFeePerGas").asString("0x0")));
  }

  private static Bytes data(JsonNode block, String field) {
    return Hex.data(block.path(field).asString(""));
  }

  ChainClient.Block block() {
    return new ChainClient.Block(number, hash, time, baseFee);
  }
}
