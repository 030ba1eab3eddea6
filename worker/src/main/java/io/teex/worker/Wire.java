package io.teex.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.ReplayRequest;
import java.util.Arrays;

/** Between our values and the fields of messages. */
final class Wire {
  private Wire() {}

  /** Copies once: an output may be long. */
  static ByteString of(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.copy());
  }

  static ByteString of(Bytes32 bytes) {
    return ByteString.copyFrom(bytes.copy());
  }

  static ByteString of(Signed<?> signed) {
    return ByteString.copyFrom(signed.encode());
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

  /** A salt, or zero if there is none. */
  static Bytes32 salt(String name, ByteString field) {
    return field.isEmpty() ? Bytes32.ZERO : bytes32(name, field);
  }

  static ByteString exposed(SecretBytes secret) {
    byte[] copy = secret.expose();
    ByteString field = ByteString.copyFrom(copy);
    Arrays.fill(copy, (byte) 0);
    return field;
  }

  static SecretBytes secret(ByteString field) {
    byte[] copy = field.toByteArray();
    SecretBytes secret = SecretBytes.copyOf(copy);
    Arrays.fill(copy, (byte) 0);
    return secret;
  }

  /**
   * @throws TeexException {@code MALFORMED}
   */
  static ReplayTicket replayTicket(ReplayRequest request) {
    return new ReplayTicket(
        Signed.decode(Order.class, request.getOrder().toByteArray()),
        request.getSession().isEmpty()
            ? null
            : Signed.decode(Session.class, request.getSession().toByteArray()),
        Signed.decode(Receipt.class, request.getReceipt().toByteArray()),
        Signed.decode(Replay.class, request.getReplay().toByteArray()),
        request.getLeavesList().stream()
            .map(leave -> Signed.decode(ReplayLeave.class, leave.toByteArray()))
            .toList());
  }

  /**
   * @param session empty if the user signed the order herself
   */
  static Ticket ticket(
      ByteString order, ByteString session, ByteString lease, ByteString dispatcherCertificate) {
    return new Ticket(
        Signed.decode(Order.class, order.toByteArray()),
        session.isEmpty() ? null : Signed.decode(Session.class, session.toByteArray()),
        Signed.decode(Lease.class, lease.toByteArray()),
        Signed.decode(NodeCertificate.class, dispatcherCertificate.toByteArray()));
  }
}
