package io.teex.chain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Facts that were read, by what was asked; the ones used least recently are forgotten, so that
 * asking for much that does not exist fills nothing.
 */
final class Memory {
  private static final int FACTS_MAX = 20_000;

  private final Map<List<Object>, Object> facts =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, Object> eldest) {
          return size() > FACTS_MAX;
        }
      };

  synchronized Optional<Object> recall(List<Object> question) {
    return Optional.ofNullable(facts.get(question));
  }

  synchronized void keep(List<Object> question, Object fact) {
    facts.put(question, fact);
  }
}
