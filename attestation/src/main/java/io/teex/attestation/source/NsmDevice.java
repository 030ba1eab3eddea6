package io.teex.attestation.source;

import java.io.IOException;

/** AWS Nitro's security module. */
interface NsmDevice {
  /** Sends a request in CBOR and returns the answer, in CBOR too. */
  byte[] call(byte[] request) throws IOException;
}
