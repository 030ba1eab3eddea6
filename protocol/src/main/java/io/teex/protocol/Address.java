package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An Ethereum account: 20 bytes, shown with the EIP-55 checksum. */
public record Address(Bytes value) implements Comparable<Address> {
  public static final int SIZE = 20;
  public static final Address ZERO = new Address(Bytes.owned(new byte[SIZE]));

  public Address {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException("expected 20 bytes, got " + value.size());
    }
  }

  /**
   * Reads 40 digits with or without {@code 0x}; digits of mixed case must carry a right checksum.
   *
   * @throws IllegalArgumentException on a wrong length, character or checksum
   */
  public static Address fromHex(String hex) {
    Address address = new Address(Bytes.fromHex(hex));
    String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
    boolean mixed =
        !digits.equals(digits.toLowerCase(Locale.ROOT))
            && !digits.equals(digits.toUpperCase(Locale.ROOT));
    if (mixed && !address.toString().endsWith(digits)) {
      throw new IllegalArgumentException("address %s has a wrong checksum".formatted(hex));
    }
    return address;
  }

  /** The account of an uncompressed public key (64 bytes, x ‖ y). */
  static Address ofPublicKey(byte[] xy) {
    return new Address(Keccak.hash(xy).value().slice(12, 32));
  }

  public boolean isZero() {
    return equals(ZERO);
  }

  @Override
  public int compareTo(Address other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    char[] digits = value.toHex().toCharArray();
    String hash = Keccak.hash(value.toHex().getBytes(StandardCharsets.US_ASCII)).value().toHex();
    for (int i = 0; i < digits.length; i++) {
      if (hash.charAt(i) >= '8') {
        digits[i] = Character.toUpperCase(digits[i]);
      }
    }
    return "0x" + new String(digits);
  }
}
