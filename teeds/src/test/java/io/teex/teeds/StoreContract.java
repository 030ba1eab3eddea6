package io.teex.teeds;

import static io.teex.teeds.Change.delete;
import static io.teex.teeds.Change.put;
import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.Keys.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every store does, whatever it is made of. */
abstract class StoreContract {
  private static final Bytes A = bytes("a");
  private static final Bytes B = bytes("b");
  private static final Bytes ONE = bytes("1");
  private static final Bytes TWO = bytes("2");

  private final Random random = new Random(1);

  /** An empty store. */
  abstract Store store();

  static void assertFails(ErrorCode code, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  private Bytes value(Bytes key) {
    return store().get(key).orElseThrow().value();
  }

  @Test
  void keepsReplacesAndRemovesValues() {
    assertThat(store().get(A)).isEmpty();

    assertThat(store().put(A, ONE).revision()).isEqualTo(1);
    assertThat(store().get(A)).contains(new Entry(A, ONE, 1));

    assertThat(store().put(A, TWO).revision()).isEqualTo(2);
    assertThat(store().get(A)).contains(new Entry(A, TWO, 2));

    assertThat(store().delete(A).revision()).isEqualTo(3);
    assertThat(store().get(A)).isEmpty();
    assertThat(store().status().revision()).isEqualTo(3);
  }

  @Test
  void countsNoRevisionForWhatChangesNothing() {
    store().put(A, ONE);

    assertThat(store().delete(B).revision()).isEqualTo(1);
    assertThat(store().transact(Transaction.when(A).absent().then(put(A, TWO))).revision())
        .isEqualTo(1);
    assertThat(store().put(A, ONE).revision()).isEqualTo(2);
  }

  @Test
  void keepsEmptyAndLargestValues() {
    Bytes key = filled(StoreLimits.KEY_BYTES_MAX, 0xff);
    Bytes value = filled(StoreLimits.VALUE_BYTES_MAX, 0);

    store().put(A, Bytes.EMPTY);
    store().put(key, value);

    assertThat(value(A)).isEqualTo(Bytes.EMPTY);
    assertThat(value(key)).isEqualTo(value);
  }

  @Test
  void changesSeveralKeysAtOnce() {
    store().put(A, ONE);

    TransactionResult result =
        store().transact(Transaction.of(delete(A), put(B, ONE), put(bytes("c"), TWO)));

    assertThat(result).isEqualTo(new TransactionResult(true, 2, List.of()));
    assertThat(store().get(A)).isEmpty();
    assertThat(store().get(B)).contains(new Entry(B, ONE, 2));
    assertThat(store().get(bytes("c"))).contains(new Entry(bytes("c"), TWO, 2));
  }

  @Test
  void comparesRevisionsValuesAndAbsence() {
    store().put(A, ONE);
    store().put(B, TWO);

    TransactionResult held =
        store()
            .transact(
                Transaction.when(A)
                    .revision(1)
                    .and(B)
                    .value(TWO)
                    .and(bytes("c"))
                    .absent()
                    .then(put(bytes("c"), ONE)));

    assertThat(held.succeeded()).isTrue();
    assertThat(held.seen()).containsExactly(new Entry(A, ONE, 1), new Entry(B, TWO, 2));
    assertThat(held.seen(B)).contains(new Entry(B, TWO, 2));
    assertThat(held.seen(bytes("c"))).isEmpty();
    for (Transaction failing :
        List.of(
            Transaction.when(A).revision(2).then(delete(A)),
            Transaction.when(A).absent().then(delete(A)),
            Transaction.when(A).value(TWO).then(delete(A)),
            Transaction.when(bytes("d")).revision(1).then(delete(A)),
            Transaction.when(bytes("d")).value(Bytes.EMPTY).then(delete(A)),
            Transaction.when(A).value(ONE).and(B).absent().then(delete(A)))) {
      assertThat(store().transact(failing).succeeded()).isFalse();
    }
    assertThat(value(A)).isEqualTo(ONE);
  }

  @Test
  void changesSomethingElseIfAComparisonFails() {
    store().put(A, ONE);

    TransactionResult result =
        store().transact(Transaction.when(A).absent().then(put(A, TWO)).otherwise(put(B, TWO)));

    assertThat(result.succeeded()).isFalse();
    assertThat(result.revision()).isEqualTo(2);
    assertThat(result.seen(A)).contains(new Entry(A, ONE, 1));
    assertThat(value(A)).isEqualTo(ONE);
    assertThat(value(B)).isEqualTo(TWO);
  }

  @Test
  void rangesInTheOrderOfUnsignedBytes() {
    List<Bytes> keys =
        List.of(
            Bytes.of((byte) 0),
            Bytes.of((byte) 0, (byte) 0),
            Bytes.of((byte) 1),
            Bytes.of((byte) 0x7f),
            Bytes.of((byte) 0x80),
            Bytes.of((byte) 0xff, (byte) 0));
    keys.reversed().forEach(key -> store().put(key, ONE));

    Page all = store().range(KeyRange.all(), 10);
    assertThat(all.entries()).extracting(Entry::key).isEqualTo(keys);
    assertThat(all.more()).isFalse();

    Page part = store().range(new KeyRange(keys.get(1), keys.get(4)), 2);
    assertThat(part.entries()).extracting(Entry::key).isEqualTo(keys.subList(1, 3));
    assertThat(part.more()).isTrue();

    assertThat(store().range(KeyRange.all(), 6).more()).isFalse();
    assertThat(store().range(new KeyRange(keys.get(4), keys.get(1)), 6).entries()).isEmpty();
  }

  @Test
  void visitsARangeOfAnySize() {
    for (int i = 0; i < 10; i++) {
      int from = i * 250;
      store()
          .transact(
              Transaction.of(
                  IntStream.range(from, from + 250)
                      .mapToObj(n -> put(bytes("k%05d".formatted(n)), filled(1, n)))
                      .toArray(Change[]::new)));
    }
    store().put(bytes("l"), ONE);
    List<Entry> visited = new ArrayList<>();

    store().forEach(KeyRange.prefix(bytes("k")), visited::add);

    assertThat(visited).hasSize(2500).isSortedAccordingTo((x, y) -> x.key().compareTo(y.key()));
  }

  @Test
  void endsAPageBeforeItIsTooLarge() {
    for (int i = 0; i < 5; i++) {
      store().put(bytes("k" + i), filled(400 << 10, i));
    }

    Page page = store().range(KeyRange.all(), 100);

    assertThat(page.entries()).hasSize(2);
    assertThat(page.more()).isTrue();
    List<Bytes> keys = new ArrayList<>();
    store().forEach(KeyRange.all(), entry -> keys.add(entry.key()));
    assertThat(keys).hasSize(5);
  }

  @Test
  void answersARepeatedRequestAsTheFirstTime() {
    RequestId id = RequestId.random(random);
    Transaction once = Transaction.when(A).absent().then(put(A, ONE));
    TransactionResult first = store().transact(id, once);
    store().put(A, TWO);

    assertThat(store().transact(id, once)).isEqualTo(first);

    assertThat(first.succeeded()).isTrue();
    assertThat(value(A)).isEqualTo(TWO);
    assertThat(store().transact(RequestId.random(random), once).succeeded()).isFalse();
  }

  @Test
  void refusesAnotherRequestUnderAUsedId() {
    RequestId id = RequestId.random(random);
    store().transact(id, Transaction.of(put(A, ONE)));

    assertFails(
        ErrorCode.MALFORMED,
        "another transaction",
        () -> store().transact(id, Transaction.of(put(A, TWO))));

    assertThat(value(A)).isEqualTo(ONE);
  }

  @Test
  void refusesWhatIsTooLarge() {
    Store store = store();
    Bytes longKey = filled(StoreLimits.KEY_BYTES_MAX + 200, 1);
    Change[] tooMany =
        IntStream.range(0, 257).mapToObj(i -> put(bytes("k" + i), ONE)).toArray(Change[]::new);
    Change[] tooMuch =
        IntStream.range(0, 5)
            .mapToObj(i -> put(bytes("k" + i), filled(1 << 20, i)))
            .toArray(Change[]::new);
    Transaction.Conditions conditions = Transaction.when(bytes("k")).absent();
    for (int i = 0; i < 256; i++) {
      conditions = conditions.and(bytes("k" + i)).absent();
    }
    Transaction tooManyComparisons = conditions.then(put(A, ONE));

    assertFails(ErrorCode.MALFORMED, "a key of 1,224 bytes", () -> store.get(longKey));
    assertFails(ErrorCode.MALFORMED, "a key of 0 bytes", () -> store.get(Bytes.EMPTY));
    assertFails(ErrorCode.MALFORMED, "a key of 1,224", () -> store.put(longKey, ONE));
    assertFails(ErrorCode.MALFORMED, "a key of 0 bytes", () -> store.delete(Bytes.EMPTY));
    assertFails(
        ErrorCode.MALFORMED,
        "a value of 1,048,577 bytes",
        () -> store.put(A, filled((1 << 20) + 1, 0)));
    assertFails(ErrorCode.MALFORMED, "257 writes", () -> store.transact(Transaction.of(tooMany)));
    assertFails(
        ErrorCode.MALFORMED,
        "257 writes otherwise",
        () -> store.transact(Transaction.of().otherwise(tooMany)));
    assertFails(ErrorCode.MALFORMED, "257 comparisons", () -> store.transact(tooManyComparisons));
    assertFails(
        ErrorCode.MALFORMED,
        "at most 4,194,304 are taken",
        () -> store.transact(Transaction.of(tooMuch)));
    assertFails(
        ErrorCode.MALFORMED,
        "a key twice",
        () -> store.transact(Transaction.of(put(A, ONE), delete(A))));
    assertFails(ErrorCode.MALFORMED, "1,001 entries", () -> store.range(KeyRange.all(), 1001));
    assertFails(ErrorCode.MALFORMED, "0 entries", () -> store.range(KeyRange.all(), 0));
    assertFails(
        ErrorCode.MALFORMED, "a range ends", () -> store.range(KeyRange.prefix(longKey), 1));
    assertThat(store.status().revision()).isZero();
  }

  @Test
  void refusesToAnswerMoreThanATransactionMaySee() {
    Transaction.Conditions conditions = Transaction.when(bytes("k0")).absent();
    for (int i = 0; i < 5; i++) {
      store().put(bytes("k" + i), filled(1 << 20, i));
      if (i > 0) {
        conditions = conditions.and(bytes("k" + i)).absent();
      }
    }
    Transaction sees = conditions.then(put(A, ONE)).otherwise(put(A, TWO));

    assertFails(ErrorCode.MALFORMED, "see", () -> store().transact(sees));

    assertThat(store().get(A)).isEmpty();
  }

  @Test
  void losesNothingOfConcurrentCompareAndSet() throws Exception {
    int callers = 8;
    int increments = 25;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        calls.add(
            threads.submit(() -> {
              for (int n = 0; n < increments; n++) {
                increment(A);
              }
            }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }

    assertThat(value(A)).isEqualTo(bytes("" + callers * increments));
  }

  private void increment(Bytes key) {
    boolean done = false;
    while (!done) {
      var before = store().get(key);
      int count = before.map(entry -> Integer.parseInt(text(entry.value()))).orElse(0);
      done =
          store()
              .transact(
                  Transaction.when(key)
                      .revision(before.map(Entry::revision).orElse(0L))
                      .then(put(key, bytes("" + (count + 1)))))
              .succeeded();
    }
  }

  private static String text(Bytes value) {
    return new String(value.copy(), StandardCharsets.UTF_8);
  }
}
