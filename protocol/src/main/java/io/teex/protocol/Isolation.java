package io.teex.protocol;

/** How much one executor process may serve. */
public enum Isolation implements Coded {
  /** A fresh process for every task. */
  PROCESS(0),
  /** One process for the tasks of one user on one image. */
  SESSION(1);

  private final int code;

  Isolation(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
