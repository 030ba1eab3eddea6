package io.teex.rpc.node;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Expected;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.Tee;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself before it enrols, for the operator who answers for it: public facts in
 * {@code node.json} of its data directory. The directory is the host's, who can write there what he
 * likes: what he cannot make is evidence in which a TEE of the accepted kind says that it holds the
 * signing key of this address. Such evidence does not age: the key is the node's for good.
 *
 * @param platform zero if the evidence does not tell one machine from another
 * @param endorsed evidence for {@link #reportData}, and what the platform gave along with it, no
 *     more than a peer may show
 */
public record NodeFile(Role role, Address address, Bytes32 platform, Endorsed endorsed) {
  public static final String NAME = "node.json";

  /** Tells this statement from those of certificates and channels. */
  private static final byte[] CONTEXT = "teex-node-1".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NO_NONCE = {};

  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"role\":\"(?<role>[A-Z]+)\",\"address\":\"(?<address>0x[0-9a-fA-F]{40})\","
              + "\"platform\":\"(?<platform>0x[0-9a-f]{64})\","
              + "\"evidence\":\"(?<evidence>[A-Za-z0-9+/]+={0,2})\""
              + "(,\"vek\":\"(?<vek>[A-Za-z0-9+/]+={0,2})\")?"
              + "(,\"event-log\":\"(?<log>[A-Za-z0-9+/]+={0,2})\")?}\n?");

  public NodeFile {
    if (!endorsed.collateral().equals(endorsed.collateral().alongsideThatFits())) {
      throw new IllegalArgumentException(
          "what comes along with evidence is vek and event-log, of at most %d bytes together"
              .formatted(Collateral.ALONGSIDE_SIZE_MAX));
    }
  }

  public static NodeFile of(Role role, Address address, Tee tee) {
    Endorsed endorsed = tee.endorsed(reportData(role, address));
    return new NodeFile(
        role,
        address,
        platform(tee.platformId()),
        new Endorsed(endorsed.evidence(), endorsed.collateral().alongsideThatFits()));
  }

  private static Bytes32 platform(Bytes id) {
    return id.isEmpty() ? Bytes32.ZERO : NodeOperation.platform(id);
  }

  /** The statement "in this role, I hold the signing key of this account". */
  private static ReportData reportData(Role role, Address address) {
    return ReportData.of(role, address.value().copy(), NO_NONCE, CONTEXT);
  }

  /**
   * That the evidence says all of this of a TEE that the policy accepts in this role.
   *
   * @param collateral what it is judged by; what the node gave along serves where it has nothing
   * @throws TeexException {@code ATTESTATION_REFUSED}, {@code UNKNOWN_MEASUREMENT} or {@code
   *     SIMULATED_REFUSED} with the reasons
   */
  public Claims require(Policy policy, Collateral collateral, TimeInterval now) {
    Verdict verdict =
        new Verifier()
            .verify(
                endorsed.evidence(),
                endorsed.collateral().with(collateral),
                now,
                policy,
                new Expected(reportData(role, address), role));
    if (!verdict.accepted()) {
      throw new TeexException(
          verdict.errorCode(),
          "the evidence of %s %s is refused by the policy %s: %s"
              .formatted(role, address, policy.name(), verdict.explanation()));
    }
    Claims claims = verdict.claims().orElseThrow();
    Bytes32 proven = platform(claims.platformId());
    if (!proven.equals(platform)) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "%s %s says that it runs on platform %s, its evidence is of platform %s"
              .formatted(role, address, platform, proven));
    }
    return claims;
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
          Bytes32.fromHex(read.group("platform")),
          new Endorsed(
              Evidence.decode(Base64.getDecoder().decode(read.group("evidence"))),
              alongside(read)));
    } catch (IllegalArgumentException | TeexException e) {
      throw new TeexException(ErrorCode.USAGE, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Nodes wrote none before, and have none where the platform gives none. */
  private static Collateral alongside(Matcher read) {
    Map<String, Bytes> documents = new HashMap<>();
    put(documents, CollateralName.VEK, read.group("vek"));
    put(documents, CollateralName.EVENT_LOG, read.group("log"));
    return new Collateral(documents);
  }

  private static void put(Map<String, Bytes> documents, String name, @Nullable String base64) {
    if (base64 != null) {
      documents.put(name, Bytes.of(Base64.getDecoder().decode(base64)));
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
    return "{\"role\":\"%s\",\"address\":\"%s\",\"platform\":\"%s\",\"evidence\":\"%s\"%s%s}"
        .formatted(
            role,
            address,
            platform,
            base64(endorsed.evidence().encode()),
            documentJson(CollateralName.VEK),
            documentJson(CollateralName.EVENT_LOG));
  }

  private String documentJson(String name) {
    return endorsed
        .collateral()
        .find(name)
        .map(document -> ",\"%s\":\"%s\"".formatted(name, base64(document.copy())))
        .orElse("");
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
