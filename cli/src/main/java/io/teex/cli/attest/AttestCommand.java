package io.teex.cli.attest;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code teex attest}: what TEEs say about themselves, and what that is worth. */
@Command(
    name = "attest",
    mixinStandardHelpOptions = true,
    description = "Verifies what TEEs say about themselves; shows it, makes it, checks policies.",
    synopsisSubcommandLabel = "(verify | show | quote | policy | replay)",
    subcommands = {
      VerifyCommand.class,
      ShowCommand.class,
      QuoteCommand.class,
      PolicyCommand.class,
      ReplayCommand.class
    },
    footer = {"", "Example: ./teex attest verify quote.bin --collateral collateral.json"})
public final class AttestCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: verify, show, quote, policy or replay");
  }
}
