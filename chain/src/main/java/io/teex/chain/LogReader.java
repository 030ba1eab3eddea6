package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads events by block range and does not take a node's list as it comes. The node has to have the
 * last block of the range, since one that lags leaves events out without a word; events are put in
 * order, told once, and must be of the blocks that are on the chain; and in short ranges each block
 * whose bloom filter speaks of an event is asked for by its hash if the list had none.
 */
final class LogReader {
  /** Blocks per request. */
  private static final long BLOCKS_MAX = 5_000;

  /** Up to so many blocks, each is compared with what was told of it. */
  static final long COMPARED_MAX = 32;

  private static final List<String> TOO_MUCH =
      List.of("more than", "too many", "too large", "limit", "exceed", "block range");

  private final RpcPool rpc;

  LogReader(RpcPool rpc) {
    this.rpc = rpc;
  }

  /**
   * Events of a contract, both ends included, in order.
   *
   * @param topics what the first topics must be
   */
  List<ChainClient.Log> read(Address contract, List<Bytes32> topics, long from, long to) {
    List<ChainClient.Log> logs = new ArrayList<>();
    for (long start = from; start <= to; start += BLOCKS_MAX) {
      logs.addAll(piece(contract, topics, start, Math.min(to, start + BLOCKS_MAX - 1)));
    }
    return logs;
  }

  private List<ChainClient.Log> piece(Address contract, List<Bytes32> topics, long from, long to) {
    List<Long> compared = new ArrayList<>();
    for (long number = to - from < COMPARED_MAX ? from : to; number <= to; number++) {
      compared.add(number);
    }
    List<JsonRpc.Call> calls = new ArrayList<>();
    Map<String, Object> range = filter(contract, topics);
    range.put("fromBlock", Hex.quantity(from));
    range.put("toBlock", Hex.quantity(to));
    calls.add(JsonRpc.Call.of("eth_getLogs", range));
    compared.forEach(
        number -> calls.add(JsonRpc.Call.of("eth_getBlockByNumber", Hex.quantity(number), false)));
    List<JsonNode> answers;
    try {
      answers = rpc.batch(calls);
    } catch (RpcException e) {
      if (from < to && isTooMuch(e)) {
        long middle = from + (to - from) / 2;
        List<ChainClient.Log> halves = new ArrayList<>(piece(contract, topics, from, middle));
        halves.addAll(piece(contract, topics, middle + 1, to));
        return halves;
      }
      throw Reverts.refusedRead("reading events", e);
    }
    List<ChainClient.Log> logs =
        tidied(ChainClient.logs(answers.getFirst()), contract, topics, from, to);
    return completed(logs, contract, topics, answers.subList(1, answers.size()), compared);
  }

  private static Map<String, Object> filter(Address contract, List<Bytes32> topics) {
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put("address", contract.toString());
    filter.put("topics", topics.stream().map(Bytes32::toString).toList());
    return filter;
  }

  private static boolean isTooMuch(RpcException e) {
    String said = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return TOO_MUCH.stream().anyMatch(said::contains);
  }

  /** In order and each once; a node that contradicts itself is not believed. */
  static List<ChainClient.Log> tidied(
      List<ChainClient.Log> told, Address contract, List<Bytes32> topics, long from, long to) {
    List<ChainClient.Log> sorted =
        told.stream()
            .distinct()
            .sorted(
                Comparator.comparingLong(ChainClient.Log::block)
                    .thenComparingInt(ChainClient.Log::index))
            .toList();
    Map<Long, Bytes32> hashes = new HashMap<>();
    ChainClient.Log last = null;
    for (ChainClient.Log log : sorted) {
      if (log.block() < from
          || log.block() > to
          || !log.address().equals(contract)
          || !startsWith(log.topics(), topics)) {
        throw unavailable("told an event that was not asked for, of block " + log.block());
      }
      if (last != null && last.block() == log.block() && last.index() == log.index()) {
        throw unavailable(
            "told two events at place %d of block %d".formatted(log.index(), log.block()));
      }
      Bytes32 before = hashes.putIfAbsent(log.block(), log.blockHash());
      if (before != null && !before.equals(log.blockHash())) {
        throw unavailable("told events of two blocks " + log.block());
      }
      last = log;
    }
    return sorted;
  }

  private static boolean startsWith(List<Bytes32> topics, List<Bytes32> wanted) {
    return topics.size() >= wanted.size() && topics.subList(0, wanted.size()).equals(wanted);
  }

  private List<ChainClient.Log> completed(
      List<ChainClient.Log> logs,
      Address contract,
      List<Bytes32> topics,
      List<JsonNode> headers,
      List<Long> numbers) {
    List<ChainClient.Log> complete = new ArrayList<>(logs);
    for (int i = 0; i < numbers.size(); i++) {
      long number = numbers.get(i);
      JsonNode header = headers.get(i);
      if (!header.isObject()) {
        throw unavailable(
            "does not have block %d yet, so it cannot know its events".formatted(number));
      }
      Bytes32 hash = Bytes32.fromHex(header.path("hash").asString(""));
      List<ChainClient.Log> of = logs.stream().filter(log -> log.block() == number).toList();
      if (of.stream().anyMatch(log -> !log.blockHash().equals(hash))) {
        throw unavailable("was reorganised at block %d while it was read".formatted(number));
      }
      boolean compared = numbers.size() > 1 || logs.isEmpty();
      if (compared
          && of.isEmpty()
          && Bloom.of(header.path("logsBloom").asString("")).mayHold(contract, topics)) {
        complete.addAll(inBlock(contract, topics, number, hash));
      }
    }
    complete.sort(
        Comparator.comparingLong(ChainClient.Log::block).thenComparingInt(ChainClient.Log::index));
    return complete;
  }

  /** None if the bloom filter spoke of another event, as it may. */
  private List<ChainClient.Log> inBlock(
      Address contract, List<Bytes32> topics, long number, Bytes32 hash) {
    Map<String, Object> block = filter(contract, topics);
    block.put("blockHash", hash.toString());
    try {
      return tidied(
          ChainClient.logs(rpc.call("eth_getLogs", block)), contract, topics, number, number);
    } catch (RpcException e) {
      throw Reverts.refusedRead("reading the events of block " + number, e);
    }
  }

  private static TeexException unavailable(String what) {
    return new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "the chain's RPC " + what);
  }
}
