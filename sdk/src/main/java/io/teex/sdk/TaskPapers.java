package io.teex.sdk;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.Optional;

/**
 * What a user keeps of a task, so that she can have it replayed. Input and output are not in it;
 * the salts open the commitments to them, so that who reads them can guess at short ones.
 *
 * @param session her leave for the key that signed the order, if she did not herself
 * @param inputSalt opens the order's input commitment
 * @param outputSalt opens the receipt's output commitment; zero if there is no output
 */
public record TaskPapers(
    Signed<Order> order,
    Optional<Signed<Session>> session,
    Signed<Receipt> receipt,
    Bytes32 inputSalt,
    Bytes32 outputSalt) {

  /** The same in bytes; a session is empty if there is none. */
  private record Packed(
      Bytes order, Bytes session, Bytes receipt, Bytes32 inputSalt, Bytes32 outputSalt) {}

  public TaskId task() {
    return receipt.value().taskId();
  }

  public byte[] encode() {
    return TypedData.encode(
        new Packed(
            Bytes.of(order.encode()),
            session.map(Signed::encode).map(Bytes::of).orElse(Bytes.EMPTY),
            Bytes.of(receipt.encode()),
            inputSalt,
            outputSalt));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static TaskPapers decode(byte[] encoded) {
    try {
      Packed packed = TypedData.decode(Packed.class, encoded);
      return new TaskPapers(
          Signed.decode(Order.class, packed.order().copy()),
          packed.session().isEmpty()
              ? Optional.empty()
              : Optional.of(Signed.decode(Session.class, packed.session().copy())),
          Signed.decode(Receipt.class, packed.receipt().copy()),
          packed.inputSalt(),
          packed.outputSalt());
    } catch (TeexException e) {
      throw new TeexException(
          ErrorCode.MALFORMED, "these are no papers of a task: " + e.getMessage(), e);
    }
  }

  /** Salts are as secret as what they open. */
  @Override
  public String toString() {
    return "TaskPapers[%s]".formatted(task());
  }
}
