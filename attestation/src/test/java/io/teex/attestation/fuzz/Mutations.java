package io.teex.attestation.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What can be done to any bytes: bits and bytes changed, numbers at the edges of their ranges
 * written over what may be lengths, pieces cut out, doubled, moved, and put in from other seeds.
 */
final class Mutations implements Mutator {
  private static final int MUTATIONS_MAX = 4;
  private static final int PIECE_MAX = 64;
  private static final int FLOODS_ONE_IN = 4_000;
  private static final int FLOOD_MAX = 1_200_000;

  private static final long[] EDGES = {
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final List<byte[]> others;

  /**
   * @param others where pieces of other inputs come from
   */
  Mutations(List<byte[]> others) {
    this.others = others;
  }

  @Override
  public Source of(byte[] seed) {
    return random -> {
      byte[] bytes = seed;
      int count = 1 + random.nextInt(MUTATIONS_MAX);
      for (int i = 0; i < count; i++) {
        bytes = mutated(bytes, random);
      }
      return random.nextInt(FLOODS_ONE_IN) == 0 ? flooded(bytes, random) : bytes;
    };
  }

  byte[] mutated(byte[] bytes, RandomGenerator random) {
    if (bytes.length == 0) {
      return random(random, 1 + random.nextInt(PIECE_MAX));
    }
    return switch (random.nextInt(11)) {
      case 0, 1 -> withBitFlipped(bytes, random);
      case 2 -> withByte(bytes, random);
      case 3, 4, 5 -> withNumber(bytes, random);
      case 6 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 7 -> spliced(bytes, piece(bytes, random), new byte[0]);
      case 8 -> spliced(bytes, at(random.nextInt(bytes.length + 1)), part(bytes, random));
      case 9 -> spliced(bytes, piece(bytes, random), part(other(random), random));
      default -> crossed(bytes, other(random), random);
    };
  }

  private static byte[] withBitFlipped(byte[] bytes, RandomGenerator random) {
    byte[] changed = bytes.clone();
    changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private static byte[] withByte(byte[] bytes, RandomGenerator random) {
    byte[] changed = bytes.clone();
    changed[random.nextInt(bytes.length)] = (byte) random.nextInt();
    return changed;
  }

  /** A number of 1 to 8 bytes in either order: at an edge, or as many as are left, or nearly so. */
  private static byte[] withNumber(byte[] bytes, RandomGenerator random) {
    int size = 1 << random.nextInt(4);
    if (bytes.length < size) {
      return withByte(bytes, random);
    }
    int at = random.nextInt(bytes.length - size + 1);
    long number =
        random.nextBoolean()
            ? EDGES[random.nextInt(EDGES.length)]
            : bytes.length - at - size + random.nextInt(-2, 3);
    ByteBuffer whole = ByteBuffer.allocate(8);
    byte[] changed = bytes.clone();
    if (random.nextBoolean()) {
      whole.order(ByteOrder.LITTLE_ENDIAN).putLong(number);
      System.arraycopy(whole.array(), 0, changed, at, size);
    } else {
      whole.putLong(number);
      System.arraycopy(whole.array(), 8 - size, changed, at, size);
    }
    return changed;
  }

  private record Range(int from, int to) {}

  private static Range at(int index) {
    return new Range(index, index);
  }

  private static Range piece(byte[] bytes, RandomGenerator random) {
    int from = random.nextInt(bytes.length + 1);
    return new Range(from, Math.min(bytes.length, from + random.nextInt(PIECE_MAX)));
  }

  private static byte[] part(byte[] bytes, RandomGenerator random) {
    Range range = piece(bytes, random);
    return Arrays.copyOfRange(bytes, range.from(), range.to());
  }

  private static byte[] spliced(byte[] bytes, Range out, byte[] in) {
    byte[] changed = new byte[bytes.length - (out.to() - out.from()) + in.length];
    System.arraycopy(bytes, 0, changed, 0, out.from());
    System.arraycopy(in, 0, changed, out.from(), in.length);
    System.arraycopy(bytes, out.to(), changed, out.from() + in.length, bytes.length - out.to());
    return changed;
  }

  /** The beginning of one and the rest of the other, at the same place. */
  private static byte[] crossed(byte[] bytes, byte[] other, RandomGenerator random) {
    int at = random.nextInt(Math.min(bytes.length, other.length) + 1);
    byte[] changed = other.clone();
    System.arraycopy(bytes, 0, changed, 0, at);
    return changed;
  }

  private byte[] other(RandomGenerator random) {
    return others.get(random.nextInt(others.size()));
  }

  /** Longer than anything may be. */
  private static byte[] flooded(byte[] bytes, RandomGenerator random) {
    byte[] flood = new byte[random.nextInt(bytes.length, FLOOD_MAX + bytes.length)];
    for (int at = 0; at < flood.length && bytes.length > 0; at += bytes.length) {
      System.arraycopy(bytes, 0, flood, at, Math.min(bytes.length, flood.length - at));
    }
    return flood;
  }

  static byte[] random(RandomGenerator random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
