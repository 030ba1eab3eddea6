package io.teex.chain;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the contracts were compiled from, as {@code contracts/} committed it.
 *
 * @param compiler the long version of solc: {@code 0.8.37+commit.f401782d}
 * @param settings of the compiler
 * @param texts by path
 */
record Sources(String compiler, JsonNode settings, JsonNode texts) {
  private static final JsonMapper JSON = new JsonMapper();

  static Sources load() {
    try (InputStream in = Sources.class.getResourceAsStream("contracts/sources.json")) {
      if (in == null) {
        throw new IllegalStateException("the sources of the contracts are missing");
      }
      JsonNode json = JSON.readTree(in);
      return new Sources(
          json.get("compiler").asString(), json.get("settings"), json.get("sources"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The standard JSON input from which the compiler makes the bytes of an artifact. */
  String standardJson(ContractArtifact artifact) {
    ObjectNode input = JSON.createObjectNode().put("language", "Solidity");
    ObjectNode sources = input.putObject("sources");
    for (String path : artifact.sources()) {
      sources.putObject(path).set("content", texts.required(path));
    }
    ObjectNode wanted = (ObjectNode) settings.deepCopy();
    wanted.set(
        "outputSelection",
        JSON.valueToTree(
            Map.of("*", Map.of("*", List.of("abi", "evm.bytecode", "evm.deployedBytecode")))));
    input.set("settings", wanted);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(input) + "\n";
  }
}
