package io.teex.attestation.source;

import io.teex.attestation.Claims;
import io.teex.protocol.SecretBytes;
import java.io.IOException;

/** The secret that a platform gives to one measurement on one machine, the same at each start. */
interface SealingSecret {
  /**
   * Gets it from the platform.
   *
   * @param own what this process's evidence says of it
   */
  SecretBytes get(Claims own) throws IOException;
}
