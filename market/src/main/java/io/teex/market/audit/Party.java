package io.teex.market.audit;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Somebody in the market, and where to look for what they saw.
 *
 * @param name as shown in the table
 * @param files files and directories: disk, logs, recorded traffic
 * @param processes whose memory, arguments and environment are searched
 * @param allowed kinds of secret that this party holds by design
 */
public record Party(String name, List<Path> files, List<Long> processes, Set<String> allowed) {
  public Party {
    files = List.copyOf(files);
    processes = List.copyOf(processes);
    allowed = Set.copyOf(allowed);
  }
}
