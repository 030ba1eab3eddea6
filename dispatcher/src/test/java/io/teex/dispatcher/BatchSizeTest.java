package io.teex.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.dispatcher.testing.FakeWorker;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.TaskId;
import io.teex.protocol.TypedData;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes take no transaction of more than 128 KiB into their pools. */
class BatchSizeTest {
  private static final int POOL_BYTES_MAX = 128 << 10;

  /** Header, signature, offsets and the transaction around them. */
  private static final int FRAME_BYTES = 1_500;

  private static final long GAS_MAX = 1 << 24;
  private static final Address ACCOUNT = TestMarket.account("account");

  @Test
  void whatFitsTheGasOfATransactionFitsThePool() {
    int lanes = most(count -> BatchPlan.gas(count, 0, 1));
    int requests = most(count -> BatchPlan.gas(0, count, 1));
    int credits = most(count -> BatchPlan.gas(1, 0, count));

    fits(Debit.class, Collections.nCopies(lanes, new Debit(ACCOUNT, 0, 1, Amount.MAX)));
    fits(
        RequestPayment.class,
        Collections.nCopies(
            requests, new RequestPayment(new TaskId(FakeWorker.named("task")), Amount.MAX)));
    fits(Credit.class, Collections.nCopies(credits, new Credit(ACCOUNT, Amount.MAX)));
  }

  private interface Gas {
    long of(int count);
  }

  private static int most(Gas gas) {
    int count = 1;
    while (gas.of(count + 1) <= GAS_MAX) {
      count++;
    }
    return count;
  }

  private static <T extends Record> void fits(Class<T> type, List<T> entries) {
    assertThat(TypedData.encodeList(type, entries).length + FRAME_BYTES)
        .as("%,d × %s", entries.size(), type.getSimpleName())
        .isLessThan(POOL_BYTES_MAX);
  }
}
