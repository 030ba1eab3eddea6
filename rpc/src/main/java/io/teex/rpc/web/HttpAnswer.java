package io.teex.rpc.web;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;

/**
 * What is answered over HTTP, in the clear.
 *
 * @param content its type, such as {@code application/json}; empty for no body
 */
record HttpAnswer(int status, String content, Bytes body) {
  static final String JSON = "application/json";
  static final String SEALED = "application/octet-stream";

  static HttpAnswer json(String text) {
    return new HttpAnswer(200, JSON, utf8(text));
  }

  static HttpAnswer sealed(Bytes body) {
    return new HttpAnswer(200, SEALED, body);
  }

  static HttpAnswer nothing() {
    return new HttpAnswer(204, "", Bytes.EMPTY);
  }

  /** A failure, which everybody on the way may read. */
  static HttpAnswer of(TeexException failure) {
    return of(
        switch (failure.code()) {
          case MALFORMED, BLOB_TAMPERED -> 400;
          case PERMISSION_DENIED -> 403;
          case NOT_FOUND -> 404;
          case USAGE -> 405;
          case UNAVAILABLE -> 503;
          default -> 500;
        },
        failure.code(),
        String.valueOf(failure.getMessage()));
  }

  /**
   * @param message one of ours, that needs no escapes and holds nothing of the request
   */
  static HttpAnswer of(int status, ErrorCode code, String message) {
    return new HttpAnswer(
        status, JSON, utf8("{\"error\":\"%s\",\"message\":\"%s\"}".formatted(code, message)));
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
