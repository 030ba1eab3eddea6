package io.teex.chain;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The embedded chain: anvil, a local Ethereum node for development. UNVERIFIED CHAIN: whoever runs
 * it decides what it says. It ends with {@link #close()}, with this JVM, and when this JVM dies
 * without a word.
 */
public final class Anvil implements AutoCloseable {
  /** The chain id of every embedded chain. */
  public static final long CHAIN_ID = 31337;

  private static final Duration START_MAX = Duration.ofSeconds(20);
  private static final Duration STOP_MAX = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final String HOST = "127.0.0.1";

  // Nothing tells a process that its parent was killed, but its standard input ends. A shell reads
  // that, tells anvil to stop (upon which anvil writes its state), and ends when anvil does.
  private static final String WATCHED =
      """
      exec 3<&0
      "$@" </dev/null 3<&- & anvil=$!
      { read -r _; kill -TERM $anvil 2>/dev/null; } <&3 3<&- & watcher=$!
      wait $anvil; status=$?
      kill $watcher 2>/dev/null
      exit $status
      """;

  private final Process process;
  private final URI endpoint;
  private final Thread hook;

  private Anvil(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
    this.hook = new Thread(this::stop, "stop-anvil");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * The program of the npm package {@code @foundry-rs/anvil-linux-amd64}.
   *
   * @throws TeexException {@code DEPENDENCY_MISSING}
   */
  public static Path binary(Path nodeModules) {
    Path binary = nodeModules.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil");
    if (!Files.isExecutable(binary)) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "the embedded chain needs anvil, which is not in %s: run 'npm ci' beside it"
              .formatted(nodeModules));
    }
    return binary;
  }

  /**
   * The command that serves the embedded chain on a port of this machine.
   *
   * @param state file in which the chain is kept; written every second and at the end
   */
  public static List<String> command(Path binary, int port, Optional<Path> state) {
    List<String> command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--silent",
                "--host",
                HOST,
                "--port",
                Integer.toString(port),
                "--chain-id",
                Long.toString(CHAIN_ID),
                "--hardfork",
                "osaka",
                "--enable-tx-gas-limit"));
    state.ifPresent(
        file -> command.addAll(List.of("--state", file.toString(), "--state-interval", "1")));
    return List.copyOf(command);
  }

  /**
   * Starts a chain and waits until it serves.
   *
   * @param port 0 for any that is free
   * @param state file in which the chain is kept, if it is to outlive this process
   * @throws TeexException {@code PORT_IN_USE} or {@code CHAIN_UNAVAILABLE}
   */
  public static Anvil start(Path binary, int port, Optional<Path> state) {
    int chosen = freePort(port);
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", WATCHED, "anvil"));
    command.addAll(command(binary, chosen, state));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new TeexException(ErrorCode.DEPENDENCY_MISSING, "cannot start anvil at " + binary, e);
    }
    URI endpoint = endpoint(chosen);
    Anvil anvil = new Anvil(process, endpoint);
    try {
      awaitServing(endpoint, process);
    } catch (TeexException e) {
      anvil.close();
      throw e;
    }
    return anvil;
  }

  /** Where a chain on this port of this machine answers. */
  public static URI endpoint(int port) {
    return URI.create("http://%s:%d".formatted(HOST, port));
  }

  /**
   * Waits until a chain answers.
   *
   * @param process that serves it, whose end ends the waiting
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if it has not answered after twenty seconds
   */
  public static void awaitServing(URI endpoint, Process process) {
    long giveUp = System.nanoTime() + START_MAX.toNanos();
    while (true) {
      try (ChainClient client = ChainClient.connect(endpoint)) {
        client.blockNumber();
        return;
      } catch (TeexException e) {
        if (!process.isAlive() || System.nanoTime() > giveUp) {
          throw new TeexException(
              ErrorCode.CHAIN_UNAVAILABLE,
              "anvil does not serve at %s%s"
                  .formatted(
                      endpoint, process.isAlive() ? "" : " but ended with " + process.exitValue()),
              e);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /**
   * A port of this machine that nobody listens on.
   *
   * @param wanted the port that must be free, or 0 for any
   * @throws TeexException {@code PORT_IN_USE}
   */
  public static int freePort(int wanted) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), wanted));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.PORT_IN_USE,
          "port %d is in use; choose another one, or 0 for any that is free".formatted(wanted),
          e);
    }
  }

  public URI endpoint() {
    return endpoint;
  }

  /** Whether the process is there. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What everybody who sees this chain is to be told. */
  public String notice() {
    return "UNVERIFIED CHAIN: an embedded anvil at %s; its ether and tokens are worth nothing"
        .formatted(endpoint);
  }

  @Override
  public void close() {
    stop();
    if (!Thread.currentThread().equals(hook)) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM is ending: the hook runs or has run.
      }
    }
  }

  private void stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
