package io.teex.sdk;

import com.google.protobuf.ByteString;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** Between our values and the fields of messages. */
final class Wire {
  private Wire() {}

  static ByteString of(Bytes bytes) {
    return ByteString.copyFrom(bytes.copy());
  }

  static ByteString of(Bytes32 bytes) {
    return ByteString.copyFrom(bytes.copy());
  }

  static ByteString of(Signed<?> signed) {
    return ByteString.copyFrom(signed.encode());
  }

  static ByteString of(Optional<Signed<Session>> session) {
    return session.map(Wire::of).orElse(ByteString.EMPTY);
  }

  static ByteString exposed(SecretBytes secret) {
    byte[] copy = secret.expose();
    ByteString field = ByteString.copyFrom(copy);
    Arrays.fill(copy, (byte) 0);
    return field;
  }

  static Bytes bytes(ByteString field) {
    return Bytes.of(field.toByteArray());
  }

  /**
   * @throws TeexException {@code MALFORMED}
   */
  static Bytes32 bytes32(String name, ByteString field) {
    if (field.size() != Bytes32.SIZE) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%s has %d bytes, expected 32".formatted(name, field.size()));
    }
    return Bytes32.of(field.toByteArray());
  }

  /** A uint128, big-endian. */
  static Amount amount(String name, ByteString field) {
    if (field.size() > 16) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%s has %d bytes, expected 16".formatted(name, field.size()));
    }
    return new Amount(new BigInteger(1, field.toByteArray()));
  }

  static SecretBytes secret(ByteString field) {
    byte[] copy = field.toByteArray();
    SecretBytes secret = SecretBytes.copyOf(copy);
    Arrays.fill(copy, (byte) 0);
    return secret;
  }

  static <T extends Record> Signed<T> signed(Class<T> type, ByteString field) {
    return Signed.decode(type, field.toByteArray());
  }
}
