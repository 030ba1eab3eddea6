package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An outbox on disk: a file per nonce. It holds signed transactions, which are public or about to
 * be. Losing it loses no money: nonces come from the chain then.
 */
public final class FileOutbox implements Outbox {
  private static final String ENDING = ".json";
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;
  private final TreeMap<Long, Sent> kept = new TreeMap<>();

  private FileOutbox(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens what {@code account} has sent in one deployment.
   *
   * @param parent directory of the outboxes
   * @throws TeexException {@code STORE_CORRUPT} if a file in it cannot be read
   */
  public static FileOutbox open(Path parent, Domain deployment, Address account) {
    String name = "%s-%d-%s".formatted(account, deployment.chainId(), deployment.settlement());
    FileOutbox outbox = new FileOutbox(parent.resolve(name));
    outbox.load();
    return outbox;
  }

  private void load() {
    try {
      Files.createDirectories(directory);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).toList()) {
          Sent sent = read(file);
          kept.put(sent.nonce(), sent);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Sent read(Path file) throws IOException {
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      List<Sent.Version> versions = new ArrayList<>();
      for (JsonNode version : json.required("versions")) {
        versions.add(
            new Sent.Version(
                Hex.data(version.required("raw").asString()),
                Bytes32.fromHex(version.required("hash").asString()),
                new BigInteger(version.required("tip").asString()),
                new BigInteger(version.required("feeMax").asString()),
                new BigInteger(version.path("blobFeeMax").asString("0")),
                version.required("gas").asLong()));
      }
      return new Sent(
          json.required("nonce").asLong(), json.required("intent").asString(), versions);
    } catch (JacksonException | IllegalArgumentException | TeexException e) {
      throw new TeexException(
          ErrorCode.STORE_CORRUPT,
          "%s is no transaction that was sent: if all of them are settled, remove it"
              .formatted(file),
          e);
    }
  }

  @Override
  public synchronized List<Sent> all() {
    return List.copyOf(kept.values());
  }

  @Override
  public synchronized void keep(Sent sent) {
    ObjectNode json =
        JSON.createObjectNode().put("nonce", sent.nonce()).put("intent", sent.intent());
    ArrayNode versions = json.putArray("versions");
    for (Sent.Version version : sent.versions()) {
      versions
          .addObject()
          .put("raw", version.raw().toString())
          .put("hash", version.hash().toString())
          .put("tip", version.tip().toString())
          .put("feeMax", version.feeMax().toString())
          .put("blobFeeMax", version.blobFeeMax().toString())
          .put("gas", version.gas());
    }
    try {
      DurableFile.write(file(sent.nonce()), JSON.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    kept.put(sent.nonce(), sent);
  }

  @Override
  public synchronized void forget(long nonce) {
    try {
      Files.deleteIfExists(file(nonce));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    kept.remove(nonce);
  }

  private Path file(long nonce) {
    return directory.resolve(nonce + ENDING);
  }
}
