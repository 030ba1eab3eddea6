package io.teex.chain;

import io.teex.protocol.Bytes32;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one node says of its chain, to be compared with what others say. Nodes are told from each
 * other by their place in the list of endpoints; where two answers have as many witnesses, the one
 * of the node that comes first counts, since its operator named it first.
 */
record Sighting(int node, long chainId, Bytes32 genesis, long head) {
  /** Blocks that an honest node may be behind the others, or ahead of them. */
  static final long LAG_MAX = 5;

  /**
   * Those that must be left out, and why: other chains, laggards, and heads that nobody else sees.
   */
  static Map<Integer, String> faults(List<Sighting> seen) {
    Map<Integer, String> faults = new LinkedHashMap<>();
    differing(
            seen,
            sighting -> "chain %d with genesis %s".formatted(sighting.chainId, sighting.genesis))
        .forEach((sighting, what) -> faults.put(sighting.node, what));
    List<Sighting> same =
        seen.stream().filter(sighting -> !faults.containsKey(sighting.node)).toList();
    long reached = reached(same);
    for (Sighting sighting : same) {
      if (sighting.head < reached - LAG_MAX) {
        faults.put(
            sighting.node,
            "is behind: its newest block is %d, that of others %d"
                .formatted(sighting.head, reached));
      } else if (sighting.head > reached + LAG_MAX) {
        faults.put(
            sighting.node,
            "claims block %d, where others are at %d".formatted(sighting.head, reached));
      }
    }
    return faults;
  }

  /** The height that half of the nodes, rounded up, have reached. */
  private static long reached(List<Sighting> seen) {
    List<Long> heads = seen.stream().map(Sighting::head).sorted(Comparator.reverseOrder()).toList();
    return heads.isEmpty() ? 0 : heads.get((heads.size() - 1) / 2);
  }

  /** Those that tell another hash of the block at {@code height} than most do. */
  static Map<Integer, String> forks(long height, Map<Integer, Bytes32> hashes) {
    Map<Integer, String> faults = new LinkedHashMap<>();
    differing(hashes.entrySet(), entry -> "block %d %s".formatted(height, entry.getValue()))
        .forEach((entry, what) -> faults.put(entry.getKey(), what));
    return faults;
  }

  private static <T> Map<T, String> differing(Iterable<T> all, Function<T, String> said) {
    Map<String, Integer> witnesses = new LinkedHashMap<>();
    all.forEach(one -> witnesses.merge(said.apply(one), 1, Integer::sum));
    int most = witnesses.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    String agreed =
        witnesses.entrySet().stream()
            .filter(entry -> entry.getValue() == most)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse("");
    return stream(all)
        .filter(one -> !said.apply(one).equals(agreed))
        .collect(
            Collectors.toMap(
                one -> one,
                one -> "has %s, where others have %s".formatted(said.apply(one), agreed),
                (a, b) -> a,
                LinkedHashMap::new));
  }

  private static <T> Stream<T> stream(Iterable<T> all) {
    Stream.Builder<T> builder = Stream.builder();
    all.forEach(builder);
    return builder.build();
  }
}
