package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BoundedCacheTest {
  private final BoundedCache<String> cache = new BoundedCache<>(2);
  private final AtomicInteger work = new AtomicInteger();

  @Test
  void worksOnceForTheSameKey() throws Refused {
    assertThat(get(1)).isEqualTo("value 1");
    assertThat(get(1)).isEqualTo("value 1");

    assertThat(work).hasValue(1);
  }

  @Test
  void forgetsWhatWasNotAskedForTheLongest() throws Refused {
    get(1);
    get(2);
    get(1);
    get(3);

    assertThat(cache.size()).isEqualTo(2);
    get(1);
    assertThat(work).hasValue(3);
    get(2);
    assertThat(work).hasValue(4);
  }

  @Test
  void remembersNoFailure() throws Refused {
    assertThatThrownBy(() ->
            cache.get(
                key(1),
                () -> {
                  throw Refused.malformed("no");
                }))
        .isInstanceOf(Refused.class);

    assertThat(cache.size()).isZero();
    assertThat(get(1)).isEqualTo("value 1");
  }

  private String get(int number) throws Refused {
    return cache.get(
        key(number),
        () -> {
          work.incrementAndGet();
          return "value " + number;
        });
  }

  private static Bytes32 key(int number) {
    return Sha256.hash(new byte[] {(byte) number});
  }
}
