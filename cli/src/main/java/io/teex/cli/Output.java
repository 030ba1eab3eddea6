package io.teex.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a command speaks: results on standard output, in words or as JSON; progress on standard
 * error.
 */
public final class Output {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print the result as JSON on standard output alone.")
  private boolean json;

  public boolean isJson() {
    return json;
  }

  /** Something that takes a moment begins. */
  public void step(String what) {
    if (!json) {
      spec.commandLine().getErr().println("· " + what);
    }
  }

  /** The result: {@code data} for programs, {@code words} for people. */
  public void result(Object data, String words) {
    spec.commandLine().getOut().println(json ? JSON.writeValueAsString(data) : words);
    spec.commandLine().getOut().flush();
  }
}
