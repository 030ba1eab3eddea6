package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;

/**
 * What the user gets for her task, once the dispatcher has acknowledged its receipt.
 *
 * @param outputCid where the sealed output lies; empty if there is none
 * @param sealedOutputKey opens it, once its user has opened this; empty if there is none
 * @param sealedOutput the blob itself
 * @param detail what the service did wrong, in words, for her alone; empty if nothing
 */
record Answer(
    Signed<Receipt> receipt,
    Signed<Acknowledgement> acknowledgement,
    String outputCid,
    Bytes sealedOutputKey,
    Bytes sealedOutput,
    String detail) {
  /** Everything but the receipts, roughly: what keeping the answer costs. */
  long sizeBytes() {
    return 4096L + sealedOutput.size() + detail.length();
  }

  @Override
  public String toString() {
    return "Answer[%s, %d bytes sealed]".formatted(receipt.value().taskId(), sealedOutput.size());
  }
}
