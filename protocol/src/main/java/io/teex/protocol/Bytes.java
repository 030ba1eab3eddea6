package io.teex.protocol;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable string of bytes with value equality, ordered as unsigned bytes. Not for secrets:
 * {@link #toString()} prints everything (see {@link SecretBytes}).
 */
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies {@code value}: later changes of the array are not seen. */
  public static Bytes of(byte... value) {
    return value.length == 0 ? EMPTY : new Bytes(value.clone());
  }

  /** Takes ownership of an array that nobody else holds. */
  static Bytes owned(byte[] value) {
    return value.length == 0 ? EMPTY : new Bytes(value);
  }

  /**
   * Reads hexadecimal digits of either case, with or without {@code 0x}.
   *
   * @throws IllegalArgumentException on an odd number of digits or another character
   */
  public static Bytes fromHex(String hex) {
    return owned(HexFormat.of().parseHex(hex.startsWith("0x") ? hex.substring(2) : hex));
  }

  public static Bytes concat(Bytes... parts) {
    int size = 0;
    for (Bytes part : parts) {
      size = Math.addExact(size, part.size());
    }
    byte[] all = new byte[size];
    int at = 0;
    for (Bytes part : parts) {
      at += part.copyTo(all, at);
    }
    return owned(all);
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** The byte at {@code index}, as stored (signed). */
  public byte at(int index) {
    return value[index];
  }

  /** A fresh array that the caller owns. */
  public byte[] copy() {
    return value.clone();
  }

  /** Copies all bytes into {@code target} from {@code offset} on and returns how many. */
  public int copyTo(byte[] target, int offset) {
    System.arraycopy(value, 0, target, offset, value.length);
    return value.length;
  }

  /** The bytes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Bytes slice(int from, int to) {
    if (from < 0 || to > value.length || from > to) {
      throw new IndexOutOfBoundsException("[%d, %d) of %d bytes".formatted(from, to, value.length));
    }
    return owned(Arrays.copyOfRange(value, from, to));
  }

  /** Lower-case digits without {@code 0x}. */
  public String toHex() {
    return HexFormat.of().formatHex(value);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** {@code 0x} and lower-case digits. */
  @Override
  public String toString() {
    return "0x" + toHex();
  }
}
