package io.teex.cli;

import io.teex.cli.attest.AttestCommand;
import io.teex.cli.demo.DemoCommand;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code teex}. */
@Command(
    name = "teex",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A market for confidential computing.",
    subcommands = {
      DemoCommand.class,
      DevCommand.class,
      InitCommand.class,
      RunCommand.class,
      JobCommand.class,
      ReceiptsCommand.class,
      ServiceCommand.class,
      DataCommand.class,
      MoneyCommand.class,
      AttestCommand.class,
      NodeCommand.class,
      ChainCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./teex demo                        the whole journey, on embedded parts",
      "  ./teex dev up                      a market that stays, to try things on",
      "  ./teex run 1 --input digit.bin     one confidential task on it",
      "  ./teex test                        every test",
      "  ./teex fuzz                        inputs that nobody honest sends, for readers of evidence"
    })
public final class Teex implements Runnable {
  /** Held, since the JDK forgets the level of a logger that nobody holds. */
  private static final Logger LOG = Logger.getLogger("io.teex");

  @Spec private CommandSpec spec;

  private Teex() {}

  public static void main(String[] args) {
    // What goes well is for the log of a node; a person gets results, and errors.
    LOG.setLevel(Level.WARNING);
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Teex())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
