package io.teex.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** What a command line said and ended with, run in this process. */
record Cli(int exitCode, String out, String err) {

  static Cli run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Teex.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = command.execute(arguments);
    return new Cli(exitCode, out.toString(), err.toString());
  }

  /** One value of the JSON, which has to be there. */
  Object json(String key) {
    return Objects.requireNonNull(json().get(key), key);
  }

  Map<?, ?> json() {
    return JsonMapper.shared().readValue(out, Map.class);
  }
}
