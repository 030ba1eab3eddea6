package io.teex.rpc.node;

import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ManagerStatement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a manager proves to the chain, for whoever posts it there: public, in {@code quote.json} of
 * its data directory. The directory is the host's; what he changes the chain refuses.
 *
 * @param key the account of the manager's signing key
 * @param chainId of the chain with the contract
 * @param contract that takes the quote
 * @param block whose hash the quote carries
 * @param evidence of {@link ManagerStatement}
 */
public record QuoteFile(
    Address key, long chainId, Address contract, long block, Evidence evidence) {
  public static final String NAME = "quote.json";

  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"key\":\"(?<key>0x[0-9a-fA-F]{40})\",\"chainId\":(?<chain>[0-9]{1,18}),"
              + "\"contract\":\"(?<contract>0x[0-9a-fA-F]{40})\",\"block\":(?<block>[0-9]{1,18}),"
              + "\"evidence\":\"(?<evidence>[A-Za-z0-9+/]+={0,2})\"}\n?");

  /** Has the platform vouch for a key. */
  public static QuoteFile of(
      EvidenceSource tee,
      Address key,
      long chainId,
      Address contract,
      long block,
      Bytes32 blockHash) {
    return new QuoteFile(
        key,
        chainId,
        contract,
        block,
        tee.evidence(ManagerStatement.of(key, blockHash, chainId, contract)));
  }

  /**
   * Reads what a manager wrote.
   *
   * @param data the manager's data directory
   * @throws TeexException {@code USAGE} if it wrote nothing, or the file is damaged
   */
  public static QuoteFile read(Path data) {
    Path file = data.resolve(NAME);
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s cannot be read: a manager writes it while it runs, where the market asks for quotes"
              .formatted(file),
          e);
    }
    Matcher read = FORM.matcher(text);
    if (!read.matches()) {
      throw new TeexException(
          ErrorCode.USAGE, "%s is not what a manager writes for the chain".formatted(file));
    }
    try {
      return new QuoteFile(
          Address.fromHex(read.group("key")),
          Long.parseLong(read.group("chain")),
          Address.fromHex(read.group("contract")),
          Long.parseLong(read.group("block")),
          Evidence.decode(Base64.getDecoder().decode(read.group("evidence"))));
    } catch (IllegalArgumentException | TeexException e) {
      throw new TeexException(ErrorCode.USAGE, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Replaces the file as a whole. */
  public void write(Path data) {
    Path next = data.resolve("." + NAME + ".next");
    try {
      Files.createDirectories(data);
      Files.writeString(next, toJson() + "\n");
      Files.move(
          next,
          data.resolve(NAME),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be written".formatted(data.resolve(NAME)), e);
    }
  }

  private String toJson() {
    return "{\"key\":\"%s\",\"chainId\":%d,\"contract\":\"%s\",\"block\":%d,\"evidence\":\"%s\"}"
        .formatted(
            key, chainId, contract, block, Base64.getEncoder().encodeToString(evidence.encode()));
  }
}
