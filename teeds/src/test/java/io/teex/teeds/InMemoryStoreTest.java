package io.teex.teeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.teeds.testing.InMemoryStore;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends StoreContract {
  private final InMemoryStore store = new InMemoryStore();

  @Override
  Store store() {
    return store;
  }

  @Test
  void failsWhenItIsTold() {
    RequestId id = RequestId.random(new Random(1));
    Transaction put = Transaction.of(Change.put(Keys.bytes("k"), Keys.bytes("v")));

    store.failBefore(1);
    assertFails(ErrorCode.UNAVAILABLE, "before", () -> store.transact(id, put));
    assertThat(store.get(Keys.bytes("k"))).isEmpty();
    store.failAfter(1);
    assertFails(ErrorCode.UNAVAILABLE, "after", () -> store.transact(id, put));
    assertThat(store.get(Keys.bytes("k"))).isPresent();
    assertThat(store.transact(id, put).revision()).isEqualTo(1);
  }
}
