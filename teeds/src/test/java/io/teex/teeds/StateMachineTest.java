package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StateMachineTest {
  private final Random random = new Random(1);

  private static Command put(RequestId id, String value) {
    return Command.encode(
            id,
            Transaction.when(bytes("k"))
                .absent()
                .then(Change.put(bytes("k"), bytes(value)), Change.delete(bytes("x"))))
        .command();
  }

  @Test
  void forgetsTheOldestRequestsFirst() {
    StateMachine state = new StateMachine(2, 1 << 20);
    Command first = put(RequestId.random(random), "1");
    state.apply(first);
    state.apply(put(RequestId.random(random), "2"));
    assertThat(state.apply(first).require().succeeded()).isTrue();

    state.apply(put(RequestId.random(random), "3"));

    assertThat(state.remembered()).hasSize(2);
    assertThat(state.apply(first).require().succeeded()).isFalse();
  }

  @Test
  void boundsWhatTheAnswersTake() {
    StateMachine state = new StateMachine(100, 10_000);
    state.apply(
        Command.encode(
                RequestId.NONE, Transaction.of(Change.put(bytes("k"), Keys.filled(3_000, 1))))
            .command());
    for (int i = 0; i < 10; i++) {
      state.apply(put(RequestId.random(random), "v"));
    }

    assertThat(state.remembered()).hasSize(3);
  }

  @Test
  void remembersNothingOfRequestsThatAreNotRepeated() {
    StateMachine state = new StateMachine();
    state.apply(put(RequestId.NONE, "1"));

    assertThat(state.apply(put(RequestId.NONE, "1")).require().succeeded()).isFalse();
    assertThat(state.remembered()).isEmpty();
  }

  @Test
  void readsEveryCommandThatItWrites() {
    RequestId id = RequestId.random(random);
    Transaction transaction =
        Transaction.when(bytes("a"))
            .revision(7)
            .and(bytes("b"))
            .value(bytes("v"))
            .then(Change.put(bytes("c"), Keys.filled(300, 1)), Change.delete(bytes("d")))
            .otherwise(Change.put(bytes("e"), bytes("")));
    Command.Encoded encoded = Command.encode(id, transaction);

    assertThat(Command.decode(encoded.bytes())).isEqualTo(encoded.command());
  }

  @Test
  void continuesFromASnapshotAsIfNothingHadHappened() {
    StateMachine state = new StateMachine();
    Command first = put(RequestId.random(random), "1");
    state.apply(first);
    StateMachine restored = new StateMachine();

    restored.restore(state.view(), state.remembered());

    assertThat(restored.apply(first)).isEqualTo(state.apply(first));
    assertThat(restored.view().revision()).isEqualTo(1);
  }
}
