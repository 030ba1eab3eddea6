package io.teex.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How tests expect a refusal. */
final class Failures {
  private Failures() {}

  static void refuses(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
