package io.teex.executor;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Starts executor processes. All are started by one thread that lives as long as this object: a
 * sandbox ends with the thread that started it ({@code PR_SET_PDEATHSIG} watches the thread, not
 * the process), and virtual threads borrow theirs.
 */
final class Launcher implements AutoCloseable {
  private static final int ERROR_BYTES_MAX = 2000;

  private final ExecutorConfig config;
  private final WorkDirectory directory;
  private final List<String> command;
  private final List<Path> programs;
  private final GuestLog log;
  private final ControlGroups groups;
  private final ExecutorService starter =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("teex-executor-starter").factory());
  private final String engine;

  /**
   * Finds the programs and tries them once.
   *
   * @throws TeexException {@code DEPENDENCY_MISSING}, {@code SANDBOX_MISSING}
   */
  Launcher(ExecutorConfig config, Function<WorkDirectory, Engine> engines, GuestLog log) {
    this.config = config;
    this.log = log;
    directory = WorkDirectory.create();
    groups = ControlGroups.of(config.processBytesMax());
    try {
      Engine wanted = engines.apply(directory);
      List<Path> used = new ArrayList<>(wanted.programs());
      if (config.walls().osSandbox()) {
        Path bubblewrap = Programs.requireBubblewrap(config.walls().bubblewrap());
        Programs.requireArchitecture(System.getProperty("os.arch"));
        used.add(bubblewrap);
        Path filter = directory.write("seccomp.bpf", wanted.systemCalls().toBytes());
        command = logging(Sandbox.command(config, wanted, bubblewrap, filter));
      } else {
        command = logging(Sandbox.openCommand(config, wanted));
      }
      programs = List.copyOf(used);
      engine = probe();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private List<String> logging(List<String> quiet) {
    List<String> shown = new ArrayList<>(quiet);
    if (log.isShown()) {
      shown.add("--show-log");
    }
    return List.copyOf(shown);
  }

  String engine() {
    return engine;
  }

  List<Path> programs() {
    return programs;
  }

  /** Whether the memory of each process is bounded by a control group. */
  boolean boundsMemory() {
    return groups.boundMemory();
  }

  Future<GuestProcess> start() {
    return starter.submit(() -> start(ProcessBuilder.Redirect.DISCARD));
  }

  private GuestProcess start(ProcessBuilder.Redirect errors) throws IOException {
    ControlGroup group = groups.create();
    try {
      GuestProcess process =
          GuestProcess.start(command, Map.of(Sandbox.GROUPS, group.names()), errors, log);
      Future<?> _ = process.process().onExit().thenRun(() -> groups.end(group));
      return process;
    } catch (IOException e) {
      groups.end(group);
      throw e;
    }
  }

  @Override
  public void close() {
    starter.shutdownNow();
    directory.close();
  }

  private String probe() {
    GuestProcess process = startProbe();
    try (process) {
      Future<String> ready;
      try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
        ready = waiting.submit(process::awaitReady);
        return awaitProbe(ready, config.start(), process);
      }
    }
  }

  private GuestProcess startProbe() {
    try {
      return starter.submit(() -> start(ProcessBuilder.Redirect.PIPE)).get();
    } catch (ExecutionException e) {
      throw refused(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private String awaitProbe(Future<String> ready, Duration limit, GuestProcess process) {
    try {
      return ready.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.close();
      throw refused("it did not start within " + limit);
    } catch (ExecutionException e) {
      // Through its handle, because closing the process would close what it complained as well.
      process.handle().destroyForcibly();
      throw refused(errors(process));
    } catch (InterruptedException e) {
      process.close();
      throw interrupted();
    }
  }

  private static String errors(GuestProcess process) {
    try (InputStream errors = process.process().getErrorStream()) {
      return new String(errors.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Bubblewrap names itself in front of what it complains about; all else comes from the engine.
   */
  private TeexException refused(String reason) {
    if (config.walls().osSandbox() && reason.contains("bwrap:")) {
      return new TeexException(
          ErrorCode.SANDBOX_MISSING,
          "bubblewrap cannot build its sandbox here: %s. User namespaces must be allowed (sysctl "
                  .formatted(reason)
              + "kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0, in a"
              + " container without a seccomp profile that forbids them); for development only,"
              + " --no-os-sandbox runs without it");
    }
    return new TeexException(
        ErrorCode.DEPENDENCY_MISSING, "the executor process does not start: " + reason);
  }

  private static TeexException interrupted() {
    Thread.currentThread().interrupt();
    return new TeexException(ErrorCode.UNAVAILABLE, "interrupted while the executor started");
  }
}
