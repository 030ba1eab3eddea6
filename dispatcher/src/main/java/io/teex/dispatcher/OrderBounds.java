package io.teex.dispatcher;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.OutputLimits;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;

/**
 * How large an order may be. What is accepted is kept in TEE-DS and travels to workers, and anybody
 * may order, so every part that its user chooses freely has a bound.
 */
final class OrderBounds {
  /** As the manager bounds the purpose of a licence, which is all that it is compared with. */
  private static final int PURPOSE_CHARS_MAX = 256;

  /** Encoded; an order with the most data sets and the longest purpose has half of it. */
  private static final int ENCODED_BYTES_MAX = 8 << 10;

  private OrderBounds() {}

  /**
   * @param session encoded, or empty
   * @throws TeexException {@code ORDER_MISMATCH}
   */
  static void require(Signed<Order> signed, Bytes session) {
    Order order = signed.value();
    if (order.purpose().length() > PURPOSE_CHARS_MAX) {
      throw mismatch(
          "the purpose has %d characters, at most %d are taken"
              .formatted(order.purpose().length(), PURPOSE_CHARS_MAX));
    }
    requireEncoded("the order", signed.encode().length);
    requireEncoded("the session", session.size());
    OutputLimits.require(order.output());
  }

  /** Whether a request is so short that it can be kept, with the reason why it is refused. */
  static boolean isKeepable(Chain.Request request) {
    return request.order().encode().length + request.sealedInputCid().length() <= ENCODED_BYTES_MAX;
  }

  private static void requireEncoded(String what, int bytes) {
    if (bytes > ENCODED_BYTES_MAX) {
      throw mismatch(
          "%s has %d bytes, at most %d are taken".formatted(what, bytes, ENCODED_BYTES_MAX));
    }
  }

  private static TeexException mismatch(String what) {
    return new TeexException(ErrorCode.ORDER_MISMATCH, what);
  }
}
