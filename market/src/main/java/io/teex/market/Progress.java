package io.teex.market;

/** Hears what is being done, for somebody who waits. */
public interface Progress {
  void step(String what);

  static Progress silent() {
    return what -> {};
  }
}
