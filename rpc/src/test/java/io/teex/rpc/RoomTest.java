package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoomTest {
  private Instant now = Instant.ofEpochSecond(1_000);
  private final Room room = new Room(2, 100, () -> now);

  @Test
  void hasSoManyPlaces() {
    Room.Place first = room.enter(RoomTest::nobodyExpelsIt);
    room.enter(RoomTest::nobodyExpelsIt);

    assertFull();
    first.leave();
    first.leave();
    room.enter(RoomTest::nobodyExpelsIt);
    assertFull();
  }

  @Test
  void hasSoManyBytesForAllPlacesTogether() {
    Room.Place first = room.enter(RoomTest::nobodyExpelsIt);
    Room.Place second = room.enter(RoomTest::nobodyExpelsIt);

    assertThat(first.take(60)).isTrue();
    assertThat(second.take(41)).isFalse();
    assertThat(second.take(40)).isTrue();
    assertThat(first.take(1)).isFalse();
    second.leave();
    assertThat(first.take(40)).isTrue();
    assertThat(second.take(0)).isFalse();
  }

  @Test
  void whoIsSlowLosesThePlaceToWhoeverNeedsIt() {
    List<String> expelled = new ArrayList<>();
    Room.Place slow = room.enter(() -> expelled.add("slow"));
    assertThat(slow.take(90)).isTrue();
    now = now.plus(Room.TRANSFER_TIME_MAX);
    Room.Place other = room.enter(RoomTest::nobodyExpelsIt);
    assertThat(other.take(20)).isFalse();
    now = now.plusSeconds(1);

    assertThat(other.take(20)).isTrue();

    assertThat(expelled).containsExactly("slow");
    assertThat(slow.keep()).isFalse();
    slow.leave();
    room.enter(RoomTest::nobodyExpelsIt);
    assertFull();
  }

  @Test
  void aCallThatRunsKeepsItsPlace() {
    Room.Place running = room.enter(RoomTest::nobodyExpelsIt);
    assertThat(running.keep()).isTrue();
    assertThat(room.enter(RoomTest::nobodyExpelsIt).keep()).isTrue();
    now = now.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1);

    assertFull();
  }

  @Test
  void anAnswerTakesTheRoomOfItsRequest() {
    Room.Place first = room.enter(RoomTest::nobodyExpelsIt);
    Room.Place second = room.enter(RoomTest::nobodyExpelsIt);
    assertThat(first.take(60)).isTrue();

    assertThat(first.answer(101)).isFalse();
    assertThat(first.answer(70)).isTrue();

    assertThat(second.take(31)).isFalse();
    assertThat(second.answer(30)).isTrue();
    first.leave();
    assertThat(first.answer(1)).isFalse();
    assertThat(second.answer(100)).isTrue();
  }

  @Test
  void whoReadsSlowlyLosesThePlaceOnlyToWhoeverNeedsIt() {
    List<String> expelled = new ArrayList<>();
    Room.Place reading = room.enter(() -> expelled.add("reading"));
    Room.Place sending = room.enter(() -> expelled.add("sending"));
    assertThat(reading.keep()).isTrue();
    assertThat(reading.answer(80)).isTrue();
    now = now.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1);

    room.expelUnfinished();

    assertThat(expelled).containsExactly("sending");
    assertThat(sending.keep()).isFalse();
    assertThat(room.enter(RoomTest::nobodyExpelsIt).answer(21)).isTrue();
    assertThat(expelled).containsExactly("sending", "reading");
  }

  private static void nobodyExpelsIt() {
    throw new AssertionError("expelled");
  }

  private void assertFull() {
    assertThatThrownBy(() -> room.enter(RoomTest::nobodyExpelsIt))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }
}
