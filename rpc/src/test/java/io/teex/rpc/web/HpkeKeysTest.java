package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SealedCall;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class HpkeKeysTest {
  private static final String PATH = "/call/x";

  private final SecureRandom random = new SecureRandom();
  private Instant now = Instant.ofEpochSecond(1_000_000);
  private final HpkeKeys keys = new HpkeKeys(() -> now, random);

  private Bytes sealed(Bytes32 key) {
    return SealedCall.ask(key, PATH, SecretBytes.copyOf(new byte[] {1}), random).request();
  }

  @Test
  void aKeyIsShownForAnHourAndOpensForTwo() {
    Bytes32 first = keys.publicKey();
    Bytes request = sealed(first);

    now = now.plus(HpkeKeys.LIFE).minusSeconds(1);
    assertThat(keys.publicKey()).isEqualTo(first);
    now = now.plusSeconds(1);
    assertThat(keys.publicKey()).isNotEqualTo(first);
    opens(request);
    now = now.plus(HpkeKeys.LIFE).minusSeconds(1);
    opens(request);
    now = now.plusSeconds(1);
    refuses(request);
  }

  @Test
  void afterALongSleepTheOldKeyOpensNothing() {
    Bytes request = sealed(keys.publicKey());

    now = now.plus(HpkeKeys.LIFE.multipliedBy(5));

    refuses(request);
    opens(sealed(keys.publicKey()));
  }

  @Test
  void aKeyTurnsAlsoWhenNobodyAsks() {
    Bytes request = sealed(keys.publicKey());
    now = now.plus(HpkeKeys.LIFE);
    keys.turn();
    now = now.plus(HpkeKeys.LIFE);
    keys.turn();
    Instant later = now;
    now = later.minus(HpkeKeys.LIFE);

    refuses(request);
  }

  @Test
  void destroyedKeysOpenNothing() {
    Bytes request = sealed(keys.publicKey());

    keys.destroy();

    refuses(request);
  }

  private void opens(Bytes request) {
    assertThat(keys.receive(PATH, request).request().size()).isEqualTo(1);
  }

  private void refuses(Bytes request) {
    assertThatThrownBy(() -> keys.receive(PATH, request))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }
}
