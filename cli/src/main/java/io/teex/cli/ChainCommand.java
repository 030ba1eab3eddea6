package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Created;
import io.teex.chain.Deployment;
import io.teex.chain.ResumedDeployment;
import io.teex.chain.TermsFile;
import io.teex.chain.TransactionSigner;
import io.teex.chain.Verification;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code teex chain}: a market's contracts on a chain that others run. */
@Command(
    name = "chain",
    mixinStandardHelpOptions = true,
    description = "Puts a market's contracts on a chain.",
    synopsisSubcommandLabel = "(deploy)",
    footer = {"", "Example: ./teex chain deploy --help"})
final class ChainCommand implements Runnable {
  private static final String ADDRESSES = "addresses.json";
  private static final String VERIFICATION = "verification";
  private static final String PROGRESS = "progress";

  /** Node URLs; what is wrong is said without the URL, which may hold a credential. */
  static final class Endpoints implements ITypeConverter<ChainEndpoints> {
    @Override
    public ChainEndpoints convert(String text) {
      try {
        return ChainEndpoints.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: deploy");
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Deploys all contracts of a market and compares their code with what was compiled.",
        "The account pays for it, and has no right in the market afterwards unless the terms name it.",
        "Writes DIR/"
            + ADDRESSES
            + ", which nodes read, and DIR/"
            + VERIFICATION
            + " for explorers:",
        "for each contract the standard JSON input of the compiler, and a list with addresses,",
        "constructor arguments and the compiler's version.",
        "If it is cut off, run it again as it was: it goes on after the last contract, as DIR/"
            + PROGRESS,
        "says. The account must send nothing else until it is complete."
      },
      footer = {
        "",
        "The terms are JSON, times in ISO 8601; without managerQuoteLife managers need no quote:",
        "  {\"token\": \"0x…\", \"governance\": \"0x…\", \"withdrawDelay\": \"PT2H\", \"trustDelay\": \"P2D\",",
        "   \"period\": \"P1D\", \"window\": \"PT8H\", \"answerTime\": \"PT8H\", \"grace\": \"PT1H\",",
        "   \"unbondingTime\": \"P7D\", \"bond\": \"1000000\", \"rewardMax\": \"1000000\",",
        "   \"managerQuoteLife\": \"P7D\"}",
        "",
        "Example: ./teex chain deploy --rpc https://node.example --key-file deployer.json"
            + " --terms terms.json --output market"
      })
  int deploy(
      @Option(
              names = "--rpc",
              required = true,
              paramLabel = "URL",
              converter = Endpoints.class,
              description = "JSON-RPC of nodes of the chain, separated by commas.")
          ChainEndpoints rpc,
      @Option(
              names = "--terms",
              required = true,
              paramLabel = "FILE",
              description = "What the market is made with, for ever.")
          Path terms,
      @Option(
              names = "--output",
              required = true,
              paramLabel = "DIR",
              description = "Where the files go; made if it is not there.")
          Path directory,
      @Mixin AccountOption account,
      @Mixin Output output) {
    TermsFile file = TermsFile.read(terms);
    requireFree(directory);
    try (TransactionSigner signer = account.signer();
        ChainClient chain = ChainClient.connect(rpc)) {
      output.step(
          "deploying to chain %d as %s, governed by %s"
              .formatted(chain.chainId(), signer.address(), file.parties().governance()));
      Deployment.Deployed deployed =
          new ResumedDeployment(chain, signer, progress(directory))
              .run(file.terms(), file.parties());
      // Addresses last: they say that all is done. Until then the progress tells what was paid for.
      Verification.write(directory.resolve(VERIFICATION), chain.chainId(), deployed.contracts());
      deployed.requireCode(chain);
      deployed.addresses().write(directory.resolve(ADDRESSES));
      show(deployed, directory, output);
      return 0;
    }
  }

  /** Nothing is paid for that could not be written down, and no other market's file is replaced. */
  private static void requireFree(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "the directory %s cannot be made; name another".formatted(directory), e);
    }
    if (Files.exists(directory.resolve(ADDRESSES))) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s is there already: name another directory with --output"
              .formatted(directory.resolve(ADDRESSES)));
    }
    if (!Files.isWritable(directory)) {
      throw new TeexException(
          ErrorCode.USAGE, "nothing can be written to %s; name another".formatted(directory));
    }
  }

  private static Path progress(Path directory) {
    try {
      return Files.createDirectories(directory.resolve(PROGRESS));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "nothing can be written to %s; name another".formatted(directory), e);
    }
  }

  private static void show(Deployment.Deployed deployed, Path directory, Output output) {
    Table table = new Table("contract", "address", "gas");
    List<Map<String, Object>> contracts = new ArrayList<>();
    long gas = 0;
    for (Created created : deployed.contracts()) {
      table.row(created.contract(), created.address(), created.gasUsed());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("contract", created.contract());
      entry.put("address", created.address().toString());
      entry.put("transaction", created.transaction().toString());
      entry.put("gas", created.gasUsed());
      contracts.add(entry);
      gas += created.gasUsed();
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("chainId", deployed.addresses().chainId());
    json.put("addresses", directory.resolve(ADDRESSES).toString());
    json.put("verification", directory.resolve(VERIFICATION).toString());
    json.put("gas", gas);
    json.put("contracts", contracts);
    output.result(
        json,
        "%s%n%n%d gas. Addresses are in %s, what explorers need in %s."
            .formatted(table, gas, directory.resolve(ADDRESSES), directory.resolve(VERIFICATION)));
  }
}
