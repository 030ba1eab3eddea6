package io.teex.rpc.node;

import io.teex.attestation.Tee;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node says of itself before it enrols, for the operator who answers for it: public facts in
 * {@code node.json} of its data directory. The directory is the host's: that the facts are true
 * shows when the node enrols, where evidence and signature have to agree with them.
 *
 * @param platform zero if the evidence does not tell one machine from another
 */
public record NodeFile(Role role, Address address, Bytes32 platform) {
  public static final String NAME = "node.json";

  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"role\":\"(?<role>[A-Z]+)\",\"address\":\"(?<address>0x[0-9a-fA-F]{40})\","
              + "\"platform\":\"(?<platform>0x[0-9a-f]{64})\"}\n?");

  public static NodeFile of(Role role, Address address, Tee tee) {
    return new NodeFile(
        role,
        address,
        tee.platformId().isEmpty() ? Bytes32.ZERO : NodeOperation.platform(tee.platformId()));
  }

  /**
   * Reads what a node wrote.
   *
   * @param data the node's data directory
   * @throws TeexException {@code USAGE} before its first start, or if it is damaged
   */
  public static NodeFile read(Path data) {
    Path file = data.resolve(NAME);
    try {
      return parse(Files.readString(file), file);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s cannot be read: a node writes it to its data directory when it starts"
              .formatted(file),
          e);
    }
  }

  private static NodeFile parse(String json, Path file) {
    Matcher read = FORM.matcher(json);
    if (!read.matches()) {
      throw new TeexException(
          ErrorCode.USAGE, "%s is not what a node writes of itself".formatted(file));
    }
    try {
      return new NodeFile(
          Role.valueOf(read.group("role")),
          Address.fromHex(read.group("address")),
          Bytes32.fromHex(read.group("platform")));
    } catch (IllegalArgumentException e) {
      throw new TeexException(ErrorCode.USAGE, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Replaces the file as a whole. */
  void write(Path data) {
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

  String toJson() {
    return "{\"role\":\"%s\",\"address\":\"%s\",\"platform\":\"%s\"}"
        .formatted(role, address, platform);
  }
}
