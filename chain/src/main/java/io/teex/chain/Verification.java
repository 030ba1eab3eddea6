package io.teex.chain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an explorer wants to know before it calls a contract verified: for each the standard JSON
 * input of the compiler, {@code NAME.json}, and {@code contracts.json} with the compiler's version
 * and each contract's address, name, constructor arguments and transaction.
 */
public final class Verification {
  /** The list of contracts. */
  public static final String INDEX = "contracts.json";

  private static final JsonMapper JSON = new JsonMapper();

  private Verification() {}

  /** Writes the files of these contracts; the directory is made. */
  public static void write(Path directory, long chainId, List<Created> contracts) {
    Sources sources = Sources.load();
    try {
      Files.createDirectories(directory);
      Set<String> names = new LinkedHashSet<>();
      contracts.forEach(created -> names.add(created.contract()));
      for (String name : names) {
        Files.writeString(
            directory.resolve(input(name)), sources.standardJson(ContractArtifact.load(name)));
      }
      Files.writeString(directory.resolve(INDEX), index(sources.compiler(), chainId, contracts));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String index(String compiler, long chainId, List<Created> contracts) {
    ObjectNode index = JSON.createObjectNode().put("chainId", chainId).put("compiler", compiler);
    ArrayNode list = index.putArray("contracts");
    for (Created created : contracts) {
      list.addObject()
          .put("address", created.address().toString())
          .put(
              "contract",
              ContractArtifact.load(created.contract()).source() + ":" + created.contract())
          .put("constructorArguments", created.arguments().toHex())
          .put("transaction", created.transaction().toString())
          .put("input", input(created.contract()));
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(index) + "\n";
  }

  private static String input(String contract) {
    return contract + ".json";
  }
}
