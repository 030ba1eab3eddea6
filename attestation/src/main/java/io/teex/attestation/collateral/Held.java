package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import java.time.Instant;
import java.util.Map;

/**
 * A part as it is kept.
 *
 * @param refreshAt when to ask for it again, some time before it expires
 */
record Held(Map<String, Bytes> documents, Life life, Instant refreshAt) {
  Held {
    documents = Map.copyOf(documents);
  }
}
