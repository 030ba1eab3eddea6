package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An event of a contract whose indexed parameters come first and are one word each.
 *
 * @param topic hash of the signature
 * @param indexed record of the indexed parameters
 * @param data record of the other parameters
 */
record Event<I extends Record, D extends Record>(Bytes32 topic, Class<I> indexed, Class<D> data) {

  /** One occurrence. */
  record Emitted<I extends Record, D extends Record>(I indexed, D data, ChainClient.Log log) {}

  /** The data of an event all of whose parameters are indexed. */
  record Nothing() {}

  static <I extends Record, D extends Record> Event<I, D> of(
      String name, Class<I> indexed, Class<D> data) {
    return new Event<>(
        Keccak.hash(signature(name, indexed, data).getBytes(StandardCharsets.UTF_8)),
        indexed,
        data);
  }

  static String signature(
      String name, Class<? extends Record> indexed, Class<? extends Record> data) {
    String first = TypedData.signature(name, indexed);
    String second = TypedData.signature("", data);
    return data.getRecordComponents().length == 0
        ? first
        : first.substring(0, first.length() - 1) + "," + second.substring(1);
  }

  /**
   * All occurrences in a block range, both ends included, in order.
   *
   * @param first what the first indexed parameters must be, one word each
   */
  List<Emitted<I, D>> in(
      ChainReader chain, Address contract, long from, long to, Bytes32... first) {
    List<Bytes32> topics = new ArrayList<>();
    topics.add(topic);
    topics.addAll(List.of(first));
    return chain.logs(contract, topics, from, to).stream()
        .flatMap(log -> read(log).stream())
        .toList();
  }

  /** The only occurrence in a transaction of this contract. */
  Emitted<I, D> only(Mined mined, Address contract) {
    return mined.logs().stream()
        .filter(log -> log.address().equals(contract))
        .flatMap(log -> read(log).stream())
        .findFirst()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.CHAIN_UNAVAILABLE,
                "transaction %s does not tell what it did".formatted(mined.transaction())));
  }

  /**
   * Empty if the log is another event, or holds values that no TEEX client makes. Anybody can put
   * those on chain, so they are skipped: they must not stop whoever reads the others.
   */
  Optional<Emitted<I, D>> read(ChainClient.Log log) {
    if (log.topics().isEmpty() || !log.topics().getFirst().equals(topic)) {
      return Optional.empty();
    }
    Bytes words =
        Bytes.concat(log.topics().stream().skip(1).map(Bytes32::value).toArray(Bytes[]::new));
    try {
      return Optional.of(
          new Emitted<>(
              TypedData.decodeArguments(indexed, words.copy()),
              TypedData.decodeArguments(data, log.data().copy()),
              log));
    } catch (TeexException e) {
      return Optional.empty();
    }
  }

  static Bytes32 word(Address address) {
    return new Bytes32(Bytes.concat(Bytes.of(new byte[12]), address.value()));
  }
}
