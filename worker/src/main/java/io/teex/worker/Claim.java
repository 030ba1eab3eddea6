package io.teex.worker;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;

/**
 * Pay that a dispatcher acknowledged: all that is needed to see whether it was settled, and to
 * demand it if not. Nothing in it is secret.
 *
 * @param place of its order
 */
record Claim(Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement, Place place) {

  /**
   * Where an order stands.
   *
   * @param sequence in the lane; 0 if the order was placed on chain
   * @param block that the order saw: no batch settled it before
   */
  record Place(Address user, int lane, long sequence, long block) {
    static Place of(Order order) {
      return new Place(order.user(), order.lane(), order.sequence(), order.recentBlock().number());
    }

    boolean isOnChain() {
      return sequence == 0;
    }
  }

  private record Stored(Place place, Bytes receipt, Bytes acknowledgement) {}

  /** The receipt's EIP-712 hash. */
  Bytes32 id() {
    return acknowledgement.value().receipt();
  }

  Address dispatcher() {
    return receipt.value().dispatcher();
  }

  Amount pay() {
    return receipt.value().fee().workerAmount();
  }

  Address payee() {
    return receipt.value().fee().workerPayee();
  }

  /** Seconds since the epoch. */
  long settleBy() {
    return acknowledgement.value().settleBy();
  }

  byte[] encode() {
    return TypedData.encode(
        new Stored(place, Bytes.of(receipt.encode()), Bytes.of(acknowledgement.encode())));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws TeexException {@code MALFORMED}, also if the parts do not belong together, or {@code
   *     SIGNATURE_INVALID}: the chain would refuse it
   */
  static Claim decode(Domain domain, byte[] encoded) {
    Stored stored = TypedData.decode(Stored.class, encoded);
    Signed<Receipt> receipt = Signed.decode(Receipt.class, stored.receipt().copy());
    Signed<Acknowledgement> acknowledgement =
        Signed.decode(Acknowledgement.class, stored.acknowledgement().copy());
    if (!acknowledgement.value().receipt().equals(receipt.value().hash(domain))) {
      throw new TeexException(
          ErrorCode.MALFORMED, "the acknowledgement is of another receipt or another deployment");
    }
    receipt.requireSigner(domain, receipt.value().worker());
    acknowledgement.requireSigner(domain, receipt.value().dispatcher());
    return new Claim(receipt, acknowledgement, stored.place());
  }
}
