package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import java.util.List;

/** A header's filter over the addresses and topics of its block's events. */
record Bloom(Bytes bits) {
  private static final int SIZE = 256;
  private static final int HASHES = 3;

  static Bloom of(String hex) {
    Bytes bits = Hex.data(hex);
    if (bits.size() != SIZE) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the chain's RPC told a bloom filter of %d bytes, expected %d"
              .formatted(bits.size(), SIZE));
    }
    return new Bloom(bits);
  }

  /** Whether there may be such an event; if not, there is none. */
  boolean mayHold(Address address, List<Bytes32> topics) {
    return mayHold(address.value()) && topics.stream().allMatch(topic -> mayHold(topic.value()));
  }

  private boolean mayHold(Bytes entry) {
    byte[] hash = Keccak.hash(entry.copy()).copy();
    byte[] filter = bits.copy();
    for (int i = 0; i < HASHES; i++) {
      int bit = ((hash[2 * i] & 0xff) << 8 | (hash[2 * i + 1] & 0xff)) % (SIZE * 8);
      if ((filter[SIZE - 1 - bit / 8] >> (bit % 8) & 1) == 0) {
        return false;
      }
    }
    return true;
  }
}
