package io.teex.chain;

import io.teex.protocol.BatchHeader;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signed;
import java.util.List;

/** All that one settlement transaction carries. */
public record SignedBatch(
    Signed<BatchHeader> header,
    List<Debit> debits,
    List<RequestPayment> requests,
    List<Credit> credits) {
  public SignedBatch {
    debits = List.copyOf(debits);
    requests = List.copyOf(requests);
    credits = List.copyOf(credits);
  }
}
