package io.teex.attestation.cbor;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Map;

/** One item of CBOR, of the few kinds that evidence is made of. */
public sealed interface CborItem {
  record Whole(long value) implements CborItem {}

  record Octets(Bytes value) implements CborItem {}

  record Text(String value) implements CborItem {}

  record Listing(List<CborItem> items) implements CborItem {}

  /** Keys are whole numbers or texts, none of them twice. */
  record Mapping(Map<CborItem, CborItem> entries) implements CborItem {}

  record Tagged(long tag, CborItem item) implements CborItem {}

  /** {@code false}, {@code true}, {@code null} and the like, by their number. */
  record Simple(int number) implements CborItem {
    public static final Simple NULL = new Simple(22);
  }
}
