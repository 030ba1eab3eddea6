package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.teex.protocol.TeexException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One call of two that there is room for. */
final class CallBytesTest {
  private final Room room = new Room(2, 100, () -> Instant.EPOCH);
  private final CallBytes call = new CallBytes();
  private final Room.Place other = room.enter(() -> {});

  @BeforeEach
  void begin() {
    call.chargeTo(room.enter(() -> {}));
    call.inboundWireSize(60);
  }

  @Test
  void keepsItsPlaceUntilItsAnswerHasLeft() {
    assertThat(call.run()).isTrue();
    call.requireRoomForAnswer(90);
    call.ran();
    assertThat(other.take(11)).isFalse();
    assertFull();

    call.streamClosed(Status.OK);

    assertThat(other.take(100)).isTrue();
    room.enter(() -> {});
  }

  @Test
  void holdsNoAnswerThatHasLeftBeforeItsMethodReturned() {
    assertThat(call.run()).isTrue();
    call.requireRoomForAnswer(90);
    call.streamClosed(Status.OK);

    assertThat(other.take(100)).isTrue();
    assertFull();

    call.ran();

    room.enter(() -> {});
  }

  @Test
  void keepsTheRequestOfAMethodThatRunsForACallerWhoIsGone() {
    assertThat(call.run()).isTrue();
    call.streamClosed(Status.CANCELLED);

    assertThat(other.take(41)).isFalse();

    call.ran();

    assertThat(other.take(100)).isTrue();
  }

  @Test
  void leavesAtOnceIfItsCallerGoesBeforeTheRequestIsComplete() {
    call.streamClosed(Status.CANCELLED);

    assertThat(other.take(100)).isTrue();
    assertThat(call.run()).isFalse();
    assertThatThrownBy(() -> call.inboundWireSize(1)).isInstanceOf(StatusRuntimeException.class);
    assertThatThrownBy(() -> call.requireRoomForAnswer(1)).isInstanceOf(TeexException.class);
  }

  @Test
  void leavesAPlaceThatItGetsTooLate() {
    CallBytes late = new CallBytes();
    call.streamClosed(Status.CANCELLED);
    late.streamClosed(Status.CANCELLED);

    late.chargeTo(room.enter(() -> {}));

    room.enter(() -> {});
    assertFull();
  }

  private void assertFull() {
    assertThatThrownBy(() -> room.enter(() -> {})).isInstanceOf(TeexException.class);
  }
}
