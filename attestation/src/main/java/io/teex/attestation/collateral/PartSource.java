package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import java.util.Map;

/** Where parts come from; nothing that it says is known to be true. */
interface PartSource extends AutoCloseable {
  /** The documents of a part by name, as far as they could be told apart. */
  Map<String, Bytes> fetch(Part part) throws PartFailure;

  @Override
  void close();
}
