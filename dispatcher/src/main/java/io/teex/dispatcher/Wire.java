package io.teex.dispatcher;

import com.google.protobuf.ByteString;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;

/** Values as messages carry them. What is read may be anything, so it fails with MALFORMED. */
final class Wire {
  private static final int AMOUNT_BYTES = 16;

  private Wire() {}

  static <T extends Record> Signed<T> signed(Class<T> type, ByteString bytes) {
    return Signed.decode(type, bytes.toByteArray());
  }

  static TaskId taskId(ByteString bytes) {
    return new TaskId(bytes32("task id", bytes));
  }

  static Bytes32 bytes32(String name, ByteString bytes) {
    requireSize(name, bytes, Bytes32.SIZE);
    return Bytes32.of(bytes.toByteArray());
  }

  static Address address(String name, ByteString bytes) {
    requireSize(name, bytes, Address.SIZE);
    return new Address(bytes(bytes));
  }

  static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  static ByteString wire(Bytes bytes) {
    return ByteString.copyFrom(bytes.copy());
  }

  static ByteString wire(Bytes32 bytes) {
    return wire(bytes.value());
  }

  static ByteString wire(Address address) {
    return wire(address.value());
  }

  static ByteString wire(Signed<?> signed) {
    return ByteString.copyFrom(signed.encode());
  }

  /** 16 bytes, big-endian. */
  static ByteString wire(Amount amount) {
    byte[] digits = amount.value().toByteArray();
    byte[] wide = new byte[AMOUNT_BYTES];
    for (int i = 0; i < Math.min(AMOUNT_BYTES, digits.length); i++) {
      wide[AMOUNT_BYTES - 1 - i] = digits[digits.length - 1 - i];
    }
    return ByteString.copyFrom(wide);
  }

  private static void requireSize(String name, ByteString bytes, int size) {
    if (bytes.size() != size) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%s has %d bytes, expected %d".formatted(name, bytes.size(), size));
    }
  }
}
