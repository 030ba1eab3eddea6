package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.Receipt;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;

/**
 * What the user gets for her task, once the dispatcher has acknowledged its receipt.
 *
 * @param outputCid where the sealed output lies; empty if there is none
 * @param outputKey opens it; empty if there is none. It is hers alone
 * @param sealedOutput the blob itself
 * @param detail what the service did wrong, in words, for her alone; empty if nothing
 */
record Answer(
    Signed<Receipt> receipt,
    Signed<Acknowledgement> acknowledgement,
    String outputCid,
    SecretBytes outputKey,
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
