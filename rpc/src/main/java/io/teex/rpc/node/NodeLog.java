package io.teex.rpc.node;

import java.io.PrintStream;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends the log of a process to standard error, one line per event whatever it holds: a stack trace
 * is folded into its line, and a line break in a message is shown as one, so that nobody can forge
 * a second event.
 */
final class NodeLog extends Handler {
  private static final int FRAMES_MAX = 20;
  private static final int CAUSES_MAX = 8;
  private static final int LINE_CHARS_MAX = 8_000;

  private final PrintStream out;

  NodeLog(PrintStream out) {
    this.out = out;
  }

  /** Replaces the JDK's two-line console log. */
  static void install() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.addHandler(new NodeLog(System.err));
    root.setLevel(Level.INFO);
    // Both report as warnings what a peer does wrong.
    Logger.getLogger("io.grpc").setLevel(Level.SEVERE);
    Logger.getLogger("io.netty").setLevel(Level.WARNING);
  }

  @Override
  public void publish(LogRecord event) {
    if (isLoggable(event)) {
      out.println(line(event));
    }
  }

  static String line(LogRecord event) {
    StringBuilder line = new StringBuilder();
    line.append(Instant.ofEpochMilli(event.getMillis()).truncatedTo(ChronoUnit.MILLIS));
    line.append(' ').append(event.getLevel().getName());
    line.append(' ').append(simpleName(event.getLoggerName()));
    line.append(' ').append(message(event));
    appendTrace(line, event.getThrown());
    if (line.length() > LINE_CHARS_MAX) {
      line.setLength(LINE_CHARS_MAX);
      line.append("...");
    }
    return printable(line);
  }

  private static String simpleName(@Nullable String logger) {
    return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static String message(LogRecord event) {
    String pattern = String.valueOf(event.getMessage());
    Object[] parameters = event.getParameters();
    if (parameters == null || parameters.length == 0) {
      return pattern;
    }
    try {
      return MessageFormat.format(pattern, parameters);
    } catch (IllegalArgumentException e) {
      return pattern;
    }
  }

  private static void appendTrace(StringBuilder line, @Nullable Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < CAUSES_MAX && cause != null; i++, cause = cause.getCause()) {
      line.append(" | ").append(cause);
      StackTraceElement[] frames = cause.getStackTrace();
      for (int frame = 0; frame < frames.length && frame < FRAMES_MAX; frame++) {
        line.append(" < ").append(frames[frame]);
      }
    }
  }

  private static String printable(StringBuilder line) {
    for (int i = 0; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {
    flush();
  }
}
