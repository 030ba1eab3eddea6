package io.teex.chain;

/** A node's own error answer, before anybody has made sense of it. */
final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;
  private final String data;

  RpcException(String method, int code, String message, String data) {
    super("%s failed: %s (code %d)".formatted(method, message, code));
    this.code = code;
    this.data = data;
  }

  int code() {
    return code;
  }

  /** Hexadecimal revert data with 0x, or empty. */
  String data() {
    return data;
  }
}
