package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RecentTest {
  private final Recent<Integer, String> recent = new Recent<>(2);
  private final AtomicInteger work = new AtomicInteger();

  @Test
  void worksOnceForTheSameKey() {
    assertThat(get(1)).isEqualTo("value 1");
    assertThat(get(1)).isEqualTo("value 1");

    assertThat(work).hasValue(1);
  }

  @Test
  void forgetsWhatWasNotAskedForTheLongest() {
    get(1);
    get(2);
    get(1);
    get(3);

    assertThat(recent.all()).containsOnlyKeys(1, 3);
    get(1);
    assertThat(work).hasValue(3);
    get(2);
    assertThat(work).hasValue(4);
  }

  @Test
  void remembersNoFailure() {
    assertThatThrownBy(() ->
            recent.get(
                1,
                () -> {
                  throw new IOException("no");
                }))
        .isInstanceOf(IOException.class);

    assertThat(recent.all()).isEmpty();
    assertThat(get(1)).isEqualTo("value 1");
  }

  private String get(int number) {
    return recent.get(
        number,
        () -> {
          work.incrementAndGet();
          return "value " + number;
        });
  }
}
