package io.teex.cli.guest;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a service is tried with.
 *
 * @param expected the output; without one, any output will do
 */
public record GuestCase(String name, Bytes input, List<Bytes> datasets, Optional<Bytes> expected) {
  public GuestCase {
    datasets = List.copyOf(datasets);
  }
}
