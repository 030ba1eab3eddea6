package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;

/** The dispatchers that this worker has joined. */
interface Dispatch {
  /**
   * What the dispatcher takes, in 1/10000, as it said when this worker joined.
   *
   * @throws io.teex.protocol.TeexException {@code LEASE_INVALID} if it was never joined
   */
  int basisPoints(Address dispatcher);

  /**
   * Hands in a receipt. When it returns, the dispatcher has it durably and will settle it. Asks
   * again until the order's deadline while the dispatcher cannot be reached.
   *
   * @param outputCid where the sealed output lies; empty if there is none
   * @param sealedOutputKey sealed to the user; empty if there is none
   * @throws io.teex.protocol.TeexException with the dispatcher's refusal, or {@code UNAVAILABLE}
   */
  Signed<Acknowledgement> complete(
      Attempt attempt, Signed<Receipt> receipt, String outputCid, Bytes sealedOutputKey);

  /** Gives a lease back, as well as possible: a dispatcher that does not hear it lets it expire. */
  void abandon(Attempt attempt, ErrorCode code, String message);
}
