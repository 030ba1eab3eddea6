package io.teex.dispatcher;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Domain;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import java.time.Duration;

/**
 * Signs the dispatcher's word that a receipt is kept.
 *
 * @param settleWithin how long after it the receipt is settled at the latest
 */
record Acknowledger(Domain domain, SigningKey signer, Duration settleWithin) {
  Signed<Acknowledgement> acknowledge(Receipt receipt, long now) {
    return signer.sign(
        domain,
        new Acknowledgement(
            receipt.taskId(),
            receipt.attempt(),
            receipt.hash(domain),
            now + settleWithin.toSeconds()));
  }
}
