package io.teex.rpc.node;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.web.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The life of a role's process: what all roles have in common and no role has to know. It takes one
 * argument, the configuration file; prints one line of JSON on standard output when it serves;
 * stops on SIGTERM, and at the end of standard input if {@code parent.watch} is true, so that no
 * node outlives who started it. It serves callers over HTTP, too, where {@code attestation.http}
 * says, see {@link WebServer}; without that key, none. Everything else that it says goes to
 * standard error, one line per event. A start that fails ends with the exit code of its {@link
 * ErrorCode} and one line that says why.
 */
public final class NodeMain {
  private static final System.Logger LOG = System.getLogger(NodeMain.class.getName());

  private NodeMain() {}

  /** Starts a role; returns once it serves. */
  public interface Starter<C> {
    RunningNode start(C settings) throws Exception;
  }

  /**
   * Runs a role until it is told to stop, and ends the process.
   *
   * @param settings reads the role's settings; keys that it does not ask for are errors
   */
  public static <C> void run(
      String role, String[] arguments, Function<NodeConfig, C> settings, Starter<C> starter) {
    NodeLog.install();
    int exitCode;
    try {
      exitCode = serve(role, arguments, settings, starter);
    } catch (TeexException e) {
      LOG.log(System.Logger.Level.DEBUG, "start failed", e);
      exitCode = end(role, e.code(), String.valueOf(e.getMessage()));
    } catch (Exception e) {
      LOG.log(System.Logger.Level.ERROR, "start failed", e);
      exitCode = end(role, ErrorCode.INTERNAL, "cannot start, see the log: " + e);
    }
    System.exit(exitCode);
  }

  private static <C> int serve(
      String role, String[] arguments, Function<NodeConfig, C> settings, Starter<C> starter)
      throws Exception {
    if (arguments.length != 1) {
      throw new TeexException(ErrorCode.USAGE, "expected one argument, the configuration file");
    }
    NodeConfig config = NodeConfig.read(Path.of(arguments[0]));
    boolean watch = config.flag("parent.watch", false);
    Optional<Endpoint> http = config.optionalEndpoint("attestation.http");
    C typed = settings.apply(config);
    config.requireAllRead();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    if (watch) {
      // From the start on: a node may wait for its manager or operator for as long as it takes.
      Thread.ofPlatform().daemon().name("parent-watch").start(NodeMain::watchParent);
    }
    try (RunningNode node = starter.start(typed);
        @Nullable WebServer web = http.map(at -> web(node, at)).orElse(null)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped)));
      announce(role, node, web);
      stop.await();
      LOG.log(System.Logger.Level.INFO, "{0} stops", role);
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  private static WebServer web(RunningNode node, Endpoint listen) {
    return WebServer.as(node.identity(), node.server().anonymousCalls()).listen(listen).start();
  }

  /** The shutdown hook: the main thread closes the node, the hook only waits for it. */
  private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void watchParent() {
    InputStream in = System.in;
    try {
      while (in.read() >= 0) {
        // What the parent writes means nothing; that it stays open does.
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "standard input failed", e);
    }
    // A node that serves is closed by the shutdown hook; one that does not has nothing to close.
    System.exit(0);
  }

  /** The only line on standard output. */
  private static void announce(String role, RunningNode node, @Nullable WebServer web) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(
        "{\"ready\":\"%s\",\"port\":%d,\"address\":\"%s\",\"tlsKeyHash\":\"%s\"%s}"
            .formatted(
                role,
                node.port(),
                node.address(),
                node.tlsKeyHash(),
                web == null ? "" : ",\"http\":\"%s\"".formatted(web.endpoint())));
  }

  private static int end(String role, ErrorCode code, String message) {
    System.err.println("teex %s: %s: %s".formatted(role, code, message));
    return code.exitCode();
  }
}
