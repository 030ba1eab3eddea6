package io.teex.sdk;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.chain.Addresses;
import io.teex.chain.ChainEndpoints;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a market is, as the file {@code market.json} says. It holds no secret, and nothing in it is
 * trusted but the policy: a wrong endpoint leads to a node that is refused.
 *
 * <pre>{@code
 * {
 *   "chainRpc": "http://127.0.0.1:8545",
 *   "addresses": {"chainId": 31337, "token": "0x…", "registry": "0x…", "services": "0x…",
 *                 "data": "0x…", "settlement": "0x…", "anchors": "0x…"},
 *   "manager": "127.0.0.1:7001",
 *   "dispatchers": [{"address": "0x…", "endpoint": "127.0.0.1:7003"}],
 *   "blobs": "http://127.0.0.1:7004",
 *   "policy": "policy.json",
 *   "collateral": {"intel": "https://pccs.example", "amd": "https://kdsintf.amd.com",
 *                  "directory": "collateral"},
 *   "http": {"127.0.0.1:7001": "http://127.0.0.1:7011", "127.0.0.1:7003": "http://127.0.0.1:7013"}
 * }
 * }</pre>
 *
 * @param chainRpc JSON-RPC of nodes of the chain, separated by commas, the preferred one first
 * @param addresses with {@code managerAttestation} where managers need a quote on chain
 * @param manager host:port
 * @param policy file that names the accepted TEEs, relative to the market file
 * @param collateral what a node has under {@code collateral.}: where the documents come from that
 *     evidence is judged with; may be left out. {@code directory} is relative to the market file
 * @param http by endpoint, the base URL where the same node shows evidence and takes sealed calls
 *     over HTTP; may be left out
 */
public record MarketFile(
    ChainEndpoints chainRpc,
    Addresses addresses,
    String manager,
    List<DispatcherEntry> dispatchers,
    URI blobs,
    Path policy,
    Map<String, String> collateral,
    Map<String, String> http) {

  /**
   * @param address of the dispatcher's signing key, which allowances name
   * @param endpoint host:port
   */
  public record DispatcherEntry(Address address, String endpoint) {}

  private static final String COLLATERAL = "collateral";
  private static final String DIRECTORY = "directory";
  private static final String HTTP = "http";
  private static final String ANCHORS = "anchors";
  private static final String ATTESTATION = "managerAttestation";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  public MarketFile {
    dispatchers = List.copyOf(dispatchers);
    collateral = Map.copyOf(collateral);
    var _ = CollateralConfig.from(collateral);
    http = Map.copyOf(http);
    if (dispatchers.isEmpty()) {
      throw new TeexException(ErrorCode.USAGE, "the market file names no dispatcher");
    }
  }

  /** Of a market of simulated TEEs, whose evidence needs no collateral, without HTTP. */
  public MarketFile(
      ChainEndpoints chainRpc,
      Addresses addresses,
      String manager,
      List<DispatcherEntry> dispatchers,
      URI blobs,
      Path policy) {
    this(chainRpc, addresses, manager, dispatchers, blobs, policy, Map.of(), Map.of());
  }

  /** Where the documents come from that evidence is judged with. */
  public CollateralConfig collateralConfig() {
    return CollateralConfig.from(collateral);
  }

  /**
   * @throws TeexException {@code USAGE} if the file is missing or is no market file; the message
   *     names the file and the key
   */
  public static MarketFile read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "the market file %s cannot be read; start a market with `teex dev up`, or name the file of one"
              .formatted(file),
          e);
    }
    try {
      MarketFile read = parse(text);
      Path directory = file.toAbsolutePath().getParent();
      return directory == null ? read : read.in(directory);
    } catch (JacksonException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s is no market file: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  static MarketFile parse(String json) {
    JsonNode file = JSON.readTree(json);
    if (file instanceof ObjectNode object) {
      // Files were written before there were such keys.
      Stream.of(COLLATERAL, HTTP).filter(key -> !object.has(key)).forEach(object::putObject);
      if (object.path("addresses") instanceof ObjectNode addresses) {
        Stream.of(ANCHORS, ATTESTATION)
            .filter(key -> !addresses.has(key))
            .forEach(key -> addresses.put(key, ""));
      }
    }
    return JSON.treeToValue(file, Json.class).toFile();
  }

  public String toJson() {
    return JSON.writeValueAsString(Json.of(this));
  }

  /** The entry of one dispatcher. */
  public DispatcherEntry dispatcher(Address address) {
    return dispatchers.stream()
        .filter(entry -> entry.address().equals(address))
        .findFirst()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.NOT_FOUND, "the market file names no dispatcher %s".formatted(address)));
  }

  /** The same with the files that it names where they are. */
  private MarketFile in(Path home) {
    Map<String, String> found = new HashMap<>(collateral);
    found.computeIfPresent(DIRECTORY, (key, directory) -> home.resolve(directory).toString());
    return new MarketFile(
        chainRpc, addresses, manager, dispatchers, blobs, home.resolve(policy), found, http);
  }

  /** The file's shape, in the types that JSON has. */
  private record Json(
      String chainRpc,
      JsonContracts addresses,
      String manager,
      List<JsonDispatcher> dispatchers,
      String blobs,
      String policy,
      Map<String, String> collateral,
      Map<String, String> http) {
    private record JsonContracts(
        long chainId,
        String token,
        String registry,
        String services,
        String data,
        String settlement,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String anchors,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String managerAttestation) {
      static JsonContracts of(Addresses at) {
        return new JsonContracts(
            at.chainId(),
            at.token().toString(),
            at.registry().toString(),
            at.services().toString(),
            at.data().toString(),
            at.settlement().toString(),
            at.anchors().isZero() ? "" : at.anchors().toString(),
            at.managerAttestation().isZero() ? "" : at.managerAttestation().toString());
      }

      Addresses toAddresses() {
        return new Addresses(
            chainId,
            Address.fromHex(token),
            Address.fromHex(registry),
            Address.fromHex(services),
            Address.fromHex(data),
            Address.fromHex(settlement),
            anchors.isEmpty() ? Address.ZERO : Address.fromHex(anchors),
            managerAttestation.isEmpty() ? Address.ZERO : Address.fromHex(managerAttestation));
      }
    }

    private record JsonDispatcher(String address, String endpoint) {}

    static Json of(MarketFile file) {
      return new Json(
          String.join(",", file.chainRpc.urls().stream().map(URI::toString).toList()),
          JsonContracts.of(file.addresses),
          file.manager,
          file.dispatchers.stream()
              .map(entry -> new JsonDispatcher(entry.address().toString(), entry.endpoint()))
              .toList(),
          file.blobs.toString(),
          file.policy.toString(),
          file.collateral,
          file.http);
    }

    MarketFile toFile() {
      try {
        return new MarketFile(
            ChainEndpoints.parse(chainRpc),
            addresses.toAddresses(),
            manager,
            dispatchers.stream()
                .map(entry ->
                    new DispatcherEntry(Address.fromHex(entry.address()), entry.endpoint()))
                .toList(),
            URI.create(blobs),
            Path.of(policy),
            collateral,
            http);
      } catch (IllegalArgumentException e) {
        throw new TeexException(ErrorCode.USAGE, "market file: " + e.getMessage(), e);
      }
    }
  }
}
