package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How far a deployment got, as JSON. Everything in it is public. */
final class ProgressFile implements DeploymentProgress {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final Map<Address, Created> created = new LinkedHashMap<>();
  private @Nullable Begun begun;

  private ProgressFile(Path file) {
    this.file = file;
  }

  /**
   * @throws TeexException {@code STORE_CORRUPT} if the file is something else
   */
  static ProgressFile open(Path file) {
    ProgressFile progress = new ProgressFile(file);
    try {
      if (Files.exists(file)) {
        progress.read(JSON.readTree(Files.readAllBytes(file)));
      }
    } catch (JacksonException | IllegalArgumentException | TeexException e) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          "%s does not tell how far a deployment got: restore it, or begin anew in another directory"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return progress;
  }

  private void read(JsonNode json) {
    begun =
        new Begun(
            json.required("chainId").asLong(),
            hash(json, "genesis"),
            Address.fromHex(json.required("deployer").asString()),
            json.required("firstNonce").asLong(),
            hash(json, "arguments"),
            hash(json, "code"));
    for (JsonNode contract : json.required("contracts")) {
      Created one =
          new Created(
              contract.required("contract").asString(),
              Address.fromHex(contract.required("address").asString()),
              Hex.data(contract.required("constructorArguments").asString()),
              hash(contract, "transaction"),
              contract.required("gas").asLong());
      created.put(one.address(), one);
    }
  }

  private static Bytes32 hash(JsonNode json, String name) {
    return Bytes32.fromHex(json.required(name).asString());
  }

  @Override
  public Optional<Begun> begun() {
    return Optional.ofNullable(begun);
  }

  @Override
  public void begin(Begun begun) {
    this.begun = begun;
    write(begun);
  }

  @Override
  public Optional<Created> find(Address contract) {
    return Optional.ofNullable(created.get(contract));
  }

  @Override
  public void keep(Created contract) {
    created.put(contract.address(), contract);
    write(begun().orElseThrow(() -> new IllegalStateException("nothing was begun")));
  }

  private void write(Begun as) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("chainId", as.chainId())
            .put("genesis", as.genesis().toString())
            .put("deployer", as.deployer().toString())
            .put("firstNonce", as.firstNonce())
            .put("arguments", as.arguments().toString())
            .put("code", as.code().toString());
    ArrayNode contracts = json.putArray("contracts");
    for (Created one : created.values()) {
      contracts
          .addObject()
          .put("contract", one.contract())
          .put("address", one.address().toString())
          .put("constructorArguments", one.arguments().toString())
          .put("transaction", one.transaction().toString())
          .put("gas", one.gasUsed());
    }
    try {
      DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
