package io.teex.protocol;

/**
 * A failure that the caller or the user may act on. Its code is stable and the same in exit codes,
 * on the wire and in metrics; its message says what was seen and what was expected, never a secret.
 */
public final class TeexException extends RuntimeException {
  private final ErrorCode code;

  public TeexException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public TeexException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
