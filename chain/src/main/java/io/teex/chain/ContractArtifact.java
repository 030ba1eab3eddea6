package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.TypedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A compiled contract as {@code contracts/} committed it.
 *
 * @param bytecode creation code, constructor arguments not included
 * @param errors custom errors by selector
 * @param storage where its variables lie
 * @param runtime of the code that is deployed
 * @param source path of the source that it is in, see {@link Sources}
 * @param sources paths of all sources that it was compiled from
 */
record ContractArtifact(
    String name,
    Bytes bytecode,
    Map<Bytes, ErrorType> errors,
    StorageLayout storage,
    RuntimeCode runtime,
    String source,
    List<String> sources) {
  private static final List<String> NAMES =
      List.of(
          "EnclaveRegistry",
          "ServiceMarket",
          "DataMarket",
          "Settlement",
          "Stakes",
          "Court",
          "Demands",
          "StateAnchor",
          "DevToken",
          "CertificateStore",
          "TcbStore",
          "QuoteVerifier",
          "ManagerAttestation");

  /** All errors that any of our contracts raises, by selector. */
  static final Map<Bytes, ErrorType> ALL_ERRORS =
      NAMES.stream()
          .flatMap(name -> load(name).errors().entrySet().stream())
          .collect(
              Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a));

  /**
   * A custom error.
   *
   * @param parameters type and name of each: {@code uint64 expected}
   */
  record ErrorType(String name, List<Parameter> parameters) {
    ErrorType {
      parameters = List.copyOf(parameters);
    }

    /** Whether each parameter is one word, so that its value can be shown. */
    boolean isStatic() {
      return parameters.stream()
          .noneMatch(it -> it.type().equals("bytes") || it.type().equals("string"));
    }

    Bytes selector() {
      return TypedData.selector(
          parameters.stream()
              .map(Parameter::type)
              .collect(Collectors.joining(",", name + "(", ")")));
    }
  }

  /**
   * The code that is deployed: the end of the creation code.
   *
   * @param immutables where in it the constructor writes 32 bytes each
   */
  record RuntimeCode(int size, List<Integer> immutables) {
    RuntimeCode {
      immutables = List.copyOf(immutables);
    }
  }

  record Parameter(String type, String name) {}

  static ContractArtifact load(String name) {
    try (InputStream in =
        ContractArtifact.class.getResourceAsStream("contracts/" + name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("no artifact of contract " + name);
      }
      JsonNode json = new JsonMapper().readTree(in);
      return new ContractArtifact(
          name,
          Bytes.fromHex(json.get("bytecode").asString()),
          json.get("abi")
              .valueStream()
              .flatMap(ContractArtifact::error)
              .collect(Collectors.toUnmodifiableMap(ErrorType::selector, error -> error)),
          StorageLayout.of(json.path("storage")),
          new RuntimeCode(
              json.at("/deployed/size").asInt(),
              json.at("/deployed/immutables").valueStream().map(JsonNode::asInt).toList()),
          json.get("source").asString(),
          json.get("sources").valueStream().map(JsonNode::asString).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<ErrorType> error(JsonNode entry) {
    if (!entry.get("type").asString().equals("error")) {
      return Stream.empty();
    }
    List<Parameter> parameters = new ArrayList<>();
    for (JsonNode input : entry.get("inputs")) {
      parameters.add(new Parameter(input.get("type").asString(), input.get("name").asString()));
    }
    return Stream.of(new ErrorType(entry.get("name").asString(), parameters));
  }
}
