package io.teex.protocol;

/** What an attested node does; the code is the one of {@code EnclaveRegistry}. */
public enum Role implements Coded {
  MANAGER(1),
  STORE(2),
  DISPATCHER(3),
  WORKER(4);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  @Override
  public int code() {
    return code;
  }
}
