package io.teex.market;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One role as an operating-system process of its own.
 *
 * <p>Its log is {@code <name>.log} in the market's directory; what it says when it serves is {@code
 * <name>.ready}. An attached role ends when its launcher ends, however the launcher ends; a
 * detached one stays until it is stopped.
 */
public final class RoleProcess implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_MAX = Duration.ofSeconds(5);
  private static final Pattern LAST_WORDS =
      Pattern.compile("^teex [^:]+: (?<code>[A-Z_]+): (?<message>.*)\\Z", Pattern.MULTILINE);
  private static final String STOP_AT_END_OF_INPUT =
      "\"$@\" </dev/null & child=$!; read -r _; kill -TERM $child 2>/dev/null; wait $child";

  private final String name;
  private final Path log;
  private final Path ready;
  private final Process process;

  private RoleProcess(String name, Path log, Path ready, Process process) {
    this.name = name;
    this.log = log;
    this.ready = ready;
    this.process = process;
  }

  /** Starts a role and returns at once; {@link #awaitReady} waits until it serves. */
  static RoleProcess start(RoleSpec spec, Path directory, boolean detached) {
    Path config = directory.resolve(spec.name() + ".properties");
    List<String> command = new ArrayList<>();
    command.add(Installation.java().toString());
    command.addAll(spec.jvmOptions());
    command.add("-cp");
    command.add(Installation.joined(spec.classPath()));
    command.add(spec.mainClass());
    command.add(config.toString());
    try {
      Files.createDirectories(directory);
      writeConfig(config, spec, detached);
    } catch (IOException e) {
      throw cannotStart(spec.name(), e);
    }
    return start(spec.name(), command, directory, detached);
  }

  /**
   * Starts a program that knows nothing of its launcher: while it is attached, a shell stands
   * between, which stops the program at the end of its own standard input.
   */
  static RoleProcess startForeign(
      String name, List<String> program, Path directory, boolean detached) {
    List<String> command = new ArrayList<>();
    if (!detached) {
      command.addAll(List.of("/bin/sh", "-c", STOP_AT_END_OF_INPUT, name));
    }
    command.addAll(program);
    return start(name, command, directory, detached);
  }

  private static RoleProcess start(
      String name, List<String> program, Path directory, boolean detached) {
    Path log = directory.resolve(name + ".log");
    Path ready = directory.resolve(name + ".ready");
    List<String> command = new ArrayList<>();
    // A session of its own: Ctrl-C reaches the launcher alone, which then stops the roles in order.
    Installation.findOnPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.addAll(program);
    try {
      Files.createDirectories(directory);
      Files.deleteIfExists(ready);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(ready.toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      if (detached) {
        builder.redirectInput(Path.of("/dev/null").toFile());
      }
      return new RoleProcess(name, log, ready, builder.start());
    } catch (IOException e) {
      throw cannotStart(name, e);
    }
  }

  private static TeexException cannotStart(String name, IOException e) {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "%s cannot be started: %s".formatted(name, e.getMessage()), e);
  }

  private static void writeConfig(Path file, RoleSpec spec, boolean detached) throws IOException {
    Properties properties = new Properties();
    properties.putAll(spec.config());
    properties.setProperty("parent.watch", Boolean.toString(!detached));
    try (var out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
  }

  /** What the role said of itself when it began to serve. */
  public JsonNode awaitReady() {
    Instant giveUp = Instant.now().plus(READY_MAX);
    while (true) {
      Optional<String> line = readyLine();
      if (line.isPresent()) {
        return JSON.readTree(line.get());
      }
      if (exitsWithin(Duration.ofMillis(10))) {
        throw ended();
      }
      if (Instant.now().isAfter(giveUp)) {
        throw new TeexException(
            ErrorCode.UNAVAILABLE,
            "%s did not serve within %d s; its log ends:%n%s"
                .formatted(name, READY_MAX.toSeconds(), logTail()));
      }
    }
  }

  /** Waits until the role wrote a file, which it does before it serves. */
  void awaitFile(Path file) {
    Instant giveUp = Instant.now().plus(READY_MAX);
    while (!Files.exists(file)) {
      if (exitsWithin(Duration.ofMillis(10))) {
        throw ended();
      }
      if (Instant.now().isAfter(giveUp)) {
        throw new TeexException(
            ErrorCode.UNAVAILABLE,
            "%s did not write %s within %d s; its log ends:%n%s"
                .formatted(name, file, READY_MAX.toSeconds(), logTail()));
      }
    }
  }

  /** A role that cannot start says why in its last line; anything else is shown as it is. */
  private TeexException ended() {
    String tail = logTail();
    Matcher reason = LAST_WORDS.matcher(tail);
    if (reason.find()) {
      for (ErrorCode code : ErrorCode.values()) {
        if (code.name().equals(reason.group("code"))) {
          return new TeexException(code, "%s: %s".formatted(name, reason.group("message")));
        }
      }
    }
    return new TeexException(
        ErrorCode.UNAVAILABLE,
        "%s ended with exit code %d before it served; its log ends:%n%s"
            .formatted(name, process.exitValue(), tail));
  }

  private Optional<String> readyLine() {
    try {
      String said = Files.readString(ready);
      int end = said.indexOf('\n');
      return end < 0 ? Optional.empty() : Optional.of(said.substring(0, end));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean exitsWithin(Duration time) {
    try {
      process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "interrupted while waiting for " + name, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private String logTail() {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 12), all.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  public String name() {
    return name;
  }

  public Path log() {
    return log;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends the process as a power cut would: SIGKILL, nothing is flushed. */
  public void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
    // Not before they are gone are their ports and files free for whoever comes next.
    children.forEach(child -> child.onExit().join());
  }

  /** Asks the process to end, and ends it if it does not. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is gone already.
    }
    stop(process.toHandle());
  }

  /** The operating system's view of it, its children included. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  Process process() {
    return process;
  }

  static void stop(ProcessHandle handle) {
    List<ProcessHandle> children = handle.descendants().toList();
    handle.destroy();
    try {
      handle.onExit().get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      handle.destroyForcibly();
      handle.onExit().join();
    } catch (InterruptedException e) {
      handle.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
