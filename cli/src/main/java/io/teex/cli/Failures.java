package io.teex.cli;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into a stable code, a sentence, and an exit code. */
final class Failures {
  private Failures() {}

  static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("USAGE: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("  See: ./" + command.getCommandSpec().qualifiedName() + " --help");
    return ErrorCode.USAGE.exitCode();
  }

  static int execution(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (e instanceof TeexException known) {
      err.println(known.code() + ": " + known.getMessage());
      return known.code().exitCode();
    }
    err.println(
        "INTERNAL: %s. This is a fault of TEEX; set TEEX_DEBUG=1 to see where it happened."
            .formatted(e));
    if (System.getenv("TEEX_DEBUG") != null) {
      e.printStackTrace(err);
    }
    return ErrorCode.INTERNAL.exitCode();
  }
}
