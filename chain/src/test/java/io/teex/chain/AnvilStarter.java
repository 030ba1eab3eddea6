package io.teex.chain;

import java.nio.file.Path;
import java.util.Optional;

/** A process of its own that starts an anvil and waits to be killed. */
final class AnvilStarter {
  private AnvilStarter() {}

  public static void main(String[] args) throws Exception {
    Anvil anvil = Anvil.start(Path.of(args[0]), 0, Optional.empty());
    System.out.println(anvil.endpoint());
    Thread.currentThread().join();
  }
}
