package io.teex.sdk;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import java.time.Instant;
import java.util.List;

/**
 * On what terms a data set may be used.
 *
 * @param images digests of the only service images that may see the data
 * @param users the only ones who may order; empty for anybody
 * @param purpose that orders must state; empty for any
 * @param usesMax tasks in total
 */
public record LicenceTerms(
    List<Bytes32> images,
    List<Address> users,
    String purpose,
    Amount pricePerUse,
    long usesMax,
    Instant notBefore,
    Instant expiry,
    long outputBytesPerTask,
    long outputBytesTotal) {
  public LicenceTerms {
    images = List.copyOf(images);
    users = List.copyOf(users);
  }
}
