package io.teex.sdk;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Sha256;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;

/** Verifies what a worker or a dispatcher answered, and opens the output. */
final class Results {
  private final Domain domain;
  private final boolean acceptSimulated;
  private final BlobStore blobs;

  Results(Domain domain, boolean acceptSimulated, BlobStore blobs) {
    this.domain = domain;
    this.acceptSimulated = acceptSimulated;
    this.blobs = blobs;
  }

  /** Whom the answer has to come from. */
  record Parties(int attempt, NodeCertificate worker, Address dispatcher) {}

  private static final SaltedContent NOTHING = SaltedContent.of(Bytes32.ZERO, new byte[0]);

  /**
   * The verified output of a worker's answer, with the salt of its commitment.
   *
   * @param outputKeys of the order
   * @throws TeexException as {@link ReceiptCheck}; {@code BLOB_TAMPERED} if the output is not what
   *     the receipt says, or its key was not sealed to the order's
   */
  SaltedContent open(
      Order order,
      Listings.Service service,
      Working.Answer answer,
      Hpke.KeyPair outputKeys,
      Parties parties) {
    verify(order, service, answer.receipt(), answer.acknowledgement(), parties);
    Receipt receipt = answer.receipt().value();
    return receipt.outputCiphertext().isZero()
        ? NOTHING
        : open(order, receipt, answer.sealedOutput(), answer.sealedOutputKey(), outputKeys);
  }

  /**
   * The same of a task whose receipt the dispatcher keeps.
   *
   * @param outputKeys of the order
   */
  SaltedContent open(
      Order order,
      Listings.Service service,
      Dispatching.State.Done done,
      Hpke.KeyPair outputKeys,
      Parties parties) {
    verify(order, service, done.receipt(), done.acknowledgement(), parties);
    Receipt receipt = done.receipt().value();
    if (receipt.outputCiphertext().isZero()) {
      return NOTHING;
    }
    Bytes sealed = Bytes.of(blobs.get(Cid.parse(done.outputCid())));
    return open(order, receipt, sealed, done.sealedOutputKey(), outputKeys);
  }

  private void verify(
      Order order,
      Listings.Service service,
      Signed<Receipt> receipt,
      Signed<Acknowledgement> acknowledgement,
      Parties parties) {
    new ReceiptCheck(domain, order, service.price(), acceptSimulated)
        .verify(
            receipt, acknowledgement, parties.attempt(), parties.worker(), parties.dispatcher());
  }

  private static SaltedContent open(
      Order order, Receipt receipt, Bytes sealed, Bytes sealedKey, Hpke.KeyPair outputKeys) {
    try (SecretBytes key =
        SealedOutput.openKey(outputKeys, receipt.taskId(), receipt.attempt(), sealedKey)) {
      return open(order, receipt, sealed, key);
    }
  }

  private static SaltedContent open(Order order, Receipt receipt, Bytes sealed, SecretBytes key) {
    if (!Sha256.hash(sealed.copy()).equals(receipt.outputCiphertext())) {
      throw tampered("the sealed output is not the one that the receipt names");
    }
    SaltedContent opened = SealedOutput.open(key, sealed);
    if (!opened.outputCommitment().equals(receipt.outputCommitment())) {
      throw tampered("the output does not open the receipt's commitment");
    }
    if (opened.content().size() > order.output().capBytes()) {
      throw tampered(
          "an output of %d bytes, the order allows %d"
              .formatted(opened.content().size(), order.output().capBytes()));
    }
    return opened;
  }

  private static TeexException tampered(String what) {
    return new TeexException(ErrorCode.BLOB_TAMPERED, what);
  }
}
