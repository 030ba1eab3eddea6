package io.teex.manager.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Says what a call must be refused with. */
public final class Codes {
  private Codes() {}

  public static void refuses(ErrorCode code, ThrowingCallable call) {
    refuses(code, "", call);
  }

  /**
   * Refused with this code for the reason that is meant, and not for another with the same code.
   */
  public static void refuses(ErrorCode code, String because, ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(because)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
