package io.teex.teeds;

import io.teex.protocol.Bytes;
import java.util.random.RandomGenerator;

/** Names one request through all its repetitions: 16 bytes that nobody else draws. */
public record RequestId(Bytes value) {
  public static final int SIZE = 16;

  /** Of a request that is not repeated, so nothing need be remembered of it. */
  static final RequestId NONE = new RequestId(Bytes.of(new byte[SIZE]));

  public RequestId {
    if (value.size() != SIZE) {
      throw new IllegalArgumentException(
          "a request id has %d bytes, not %d".formatted(SIZE, value.size()));
    }
  }

  public static RequestId random(RandomGenerator random) {
    byte[] value = new byte[SIZE];
    random.nextBytes(value);
    return new RequestId(Bytes.of(value));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
