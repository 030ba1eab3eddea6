package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;

/** Is told of every acknowledgement that a dispatcher gave this worker. */
interface Acknowledgements {
  /** For workers that demand nothing. */
  Acknowledgements FORGOTTEN = (attempt, receipt, acknowledgement) -> {};

  /**
   * @param acknowledgement of this very receipt, signed by the dispatcher
   */
  void keep(Attempt attempt, Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement);
}
