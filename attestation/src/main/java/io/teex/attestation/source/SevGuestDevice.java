package io.teex.attestation.source;

import java.io.IOException;

/** AMD's secure processor, as far as a guest asks it for keys. */
interface SevGuestDevice {
  /**
   * Asks for a derived key.
   *
   * @param request {@code struct snp_derived_key_req}, 32 bytes
   * @return the firmware's MSG_KEY_RSP, 64 bytes; the caller wipes them
   */
  byte[] derivedKey(byte[] request) throws IOException;
}
