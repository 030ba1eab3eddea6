package io.teex.dispatcher;

import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.List;

/**
 * A {@link Batch} as it lies in TEE-DS.
 *
 * @param header encoded {@code Signed<BatchHeader>}
 * @param transaction that settled it; zero until it is known
 */
record BatchRow(
    Bytes header,
    List<Debit> debits,
    List<RequestPayment> requests,
    List<Credit> credits,
    Bytes32 transaction) {
  static Bytes encode(Batch batch, Bytes32 transaction) {
    BatchRow row =
        new BatchRow(
            Bytes.of(batch.header().encode()),
            batch.debits(),
            batch.requests(),
            batch.credits(),
            transaction);
    return Bytes.of(TypedData.encode(row));
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT}
   */
  static BatchRow decode(Bytes encoded) {
    try {
      return TypedData.decode(BatchRow.class, encoded.copy());
    } catch (TeexException e) {
      throw new TeexException(ErrorCode.STORE_CORRUPT, "a stored batch cannot be read", e);
    }
  }

  Batch batch() {
    return new Batch(Signed.decode(BatchHeader.class, header.copy()), debits, requests, credits);
  }
}
