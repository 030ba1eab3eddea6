package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the store held at one revision. */
record View(OrderedMap entries, long revision) {
  static final View EMPTY = new View(OrderedMap.EMPTY, 0);

  Optional<Entry> get(Bytes key) {
    return entries.find(key);
  }

  Page range(KeyRange range, int limit) {
    List<Entry> page = new ArrayList<>();
    long[] bytes = {0};
    boolean[] more = {false};
    entries.visit(
        range,
        entry -> {
          bytes[0] += entry.key().size() + entry.value().size();
          more[0] =
              page.size() == limit || (bytes[0] > StoreLimits.RANGE_BYTES_MAX && !page.isEmpty());
          return !more[0] && page.add(entry);
        });
    return new Page(page, more[0]);
  }
}
