package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
  private final WaitingRoom room = new WaitingRoom("a result", 2);

  @Test
  void refusesWhoComesWhenAllSeatsAreTaken() throws InterruptedException {
    String answer =
        room.seat(() ->
            room.seat(() -> {
              refused(
                  ErrorCode.UNAVAILABLE,
                  "2 calls wait for a result",
                  () -> room.seat(() -> "third"));
              return "second";
            }));

    assertThat(answer).isEqualTo("second");
  }

  @Test
  void givesASeatFreeHoweverTheWaitEnded() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      refused(
          ErrorCode.NOT_FOUND,
          () ->
              room.seat(() -> {
                throw new TeexException(ErrorCode.NOT_FOUND, "no task");
              }));
    }

    assertThat(room.seat(() -> "free")).isEqualTo("free");
  }
}
