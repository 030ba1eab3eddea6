package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where one deployment's contracts are. Its file is JSON: {@code {"chainId": …, "token": "0x…",
 * "registry": "0x…", "services": "0x…", "data": "0x…", "settlement": "0x…", "anchors": "0x…"}}, and
 * {@code "managerAttestation": "0x…"} where managers need a quote.
 *
 * @param anchors where {@link StateAnchor} is; zero if the file is from before there was one
 * @param managerAttestation see {@link ManagerAttestation}; zero where managers need no quote
 */
public record Addresses(
    long chainId,
    Address token,
    Address registry,
    Address services,
    Address data,
    Address settlement,
    Address anchors,
    Address managerAttestation) {
  private static final String ANCHORS = "anchors";
  private static final String ATTESTATION = "managerAttestation";
  private static final JsonMapper JSON = new JsonMapper();

  /** Of a market without anchors, whose managers need no quote. */
  public Addresses(
      long chainId,
      Address token,
      Address registry,
      Address services,
      Address data,
      Address settlement) {
    this(chainId, token, registry, services, data, settlement, Address.ZERO, Address.ZERO);
  }

  /** What everything in this deployment is signed for. */
  public Domain domain() {
    return new Domain(chainId, settlement);
  }

  /**
   * Fails early if a client talks to another chain.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE}
   */
  public Addresses requireChain(ChainClient chain) {
    if (chain.chainId() != chainId) {
      throw new TeexException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the addresses are for chain %d, %s is chain %d"
              .formatted(chainId, chain.endpoints(), chain.chainId()));
    }
    return this;
  }

  /**
   * @throws TeexException {@code USAGE} if the file is missing or is not of the form above
   */
  public static Addresses read(Path file) {
    try {
      return fromJson(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new TeexException(ErrorCode.USAGE, "there is no addresses file " + file, e);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s is no addresses file: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Addresses fromJson(String text) {
    JsonNode json = JSON.readTree(text);
    if (!json.path("chainId").isIntegralNumber()) {
      throw new IllegalArgumentException("'chainId' is missing");
    }
    return new Addresses(
        json.get("chainId").asLong(),
        address(json, "token"),
        address(json, "registry"),
        address(json, "services"),
        address(json, "data"),
        address(json, "settlement"),
        optional(json, ANCHORS),
        optional(json, ATTESTATION));
  }

  private static Address optional(JsonNode json, String name) {
    return json.has(name) ? address(json, name) : Address.ZERO;
  }

  private static Address address(JsonNode json, String name) {
    if (!json.path(name).isString()) {
      throw new IllegalArgumentException("'%s' is missing".formatted(name));
    }
    return Address.fromHex(json.get(name).asString());
  }

  /** Writes the file at once or not at all. */
  public void write(Path file) {
    try {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(fresh, toJson());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String toJson() {
    ObjectNode json =
        JSON.createObjectNode()
            .put("chainId", chainId)
            .put("token", token.toString())
            .put("registry", registry.toString())
            .put("services", services.toString())
            .put("data", data.toString())
            .put("settlement", settlement.toString());
    if (!anchors.isZero()) {
      json.put(ANCHORS, anchors.toString());
    }
    if (!managerAttestation.isZero()) {
      json.put(ATTESTATION, managerAttestation.toString());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }
}
