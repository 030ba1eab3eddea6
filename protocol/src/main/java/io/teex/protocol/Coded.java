package io.teex.protocol;

/** An enum that typed data carries as {@code uint8}. */
public interface Coded {
  /** 0 to 255, unique within the enum, never re-used for another meaning. */
  int code();
}
