package io.teex.dispatcher;

import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signed;
import io.teex.protocol.TypedData;
import java.util.List;

/** One settlement transaction: what it takes, from whom, and who gets it. */
public record Batch(
    Signed<BatchHeader> header,
    List<Debit> debits,
    List<RequestPayment> requests,
    List<Credit> credits) {
  public Batch {
    debits = List.copyOf(debits);
    requests = List.copyOf(requests);
    credits = List.copyOf(credits);
  }

  public long number() {
    return header.value().number();
  }

  /** What the next header names as its previous one. */
  public Bytes32 hash(Domain domain) {
    return TypedData.hash(domain, header.value());
  }

  public Amount total() {
    return header.value().total();
  }

  /** How many tasks it settles, voids included. */
  public int count() {
    return header.value().count();
  }
}
