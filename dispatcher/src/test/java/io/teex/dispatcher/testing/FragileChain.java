package io.teex.dispatcher.testing;

import io.teex.chain.Anvil;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** An anvil that is killed as by a power cut and comes back with what it had written last. */
public final class FragileChain implements AutoCloseable {
  private final Path binary;
  private final Path state;
  private final int port = Anvil.freePort(0);
  private Process process;

  public FragileChain(Path binary, Path state) {
    this.binary = binary;
    this.state = state;
    this.process = start();
  }

  private Process start() {
    try {
      Process started =
          new ProcessBuilder(Anvil.command(binary, port, Optional.of(state)))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Anvil.awaitServing(endpoint(), started);
      return started;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public URI endpoint() {
    return Anvil.endpoint(port);
  }

  /** Waits until the file has been written again, with all that is on the chain now. */
  public void awaitWritten() {
    // The first write may have begun before this was called.
    awaitChange();
    awaitChange();
  }

  private void awaitChange() {
    long before = written();
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (written() == before) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError("the chain is not written to " + state);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private long written() {
    try {
      return Files.exists(state) ? Files.getLastModifiedTime(state).toMillis() : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public void killAndRestart() {
    kill();
    process = start();
  }

  private void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
