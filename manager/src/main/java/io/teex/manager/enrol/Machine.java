package io.teex.manager.enrol;

import io.teex.attestation.Claims;
import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;

/** What counts as one machine when two workers have to run on different ones. */
final class Machine {
  private static final String CLOUD = "endorsement.csp_id";

  private Machine() {}

  /**
   * The platform's own id. Where evidence hides it, all machines that the same cloud vouches for
   * count as one: that two of them differ would be the host's word.
   */
  static Bytes of(Claims claims) {
    if (!claims.platformId().isEmpty()) {
      return claims.platformId();
    }
    return Bytes.of(
        "no machine of its own: %s %s"
            .formatted(claims.kind(), claims.field(CLOUD).map(Object::toString).orElse(""))
            .getBytes(StandardCharsets.UTF_8));
  }
}
