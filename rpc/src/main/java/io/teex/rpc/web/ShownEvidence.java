package io.teex.rpc.web;

import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@link EvidenceDesk} shows, as it arrives: nothing of it is known to be true. */
record ShownEvidence(Endorsed endorsed, Bytes32 hpkeKey, Bytes32 tlsKeyHash) {
  /** Longer than what is written about the longest evidence. */
  static final int BYTES_MAX = 2 * (Evidence.SIZE_MAX + Collateral.ALONGSIDE_SIZE_MAX);

  private static final Pattern FORM =
      Pattern.compile(
          "\\{\"kind\":\"(?<kind>[A-Z]+)\",\"role\":\"[a-z]+\","
              + "\"evidence\":\"(?<evidence>[A-Za-z0-9+/=]*+)\","
              + "\"documents\":\\{(?<documents>(?:\"[a-z-]++\":\"[A-Za-z0-9+/=]*+\",?+)*+)\\},"
              + "\"hpkeKey\":\"(?<key>[0-9a-f]{64})\",\"tlsKeyHash\":\"(?<tls>[0-9a-f]{64})\","
              + "\"nonce\":\"[0-9a-f]*+\",\"simulated\":(?:true|false)\\}");

  private static final Pattern DOCUMENT =
      Pattern.compile("\"(?<name>[a-z-]+)\":\"(?<content>[^\"]*)\"");

  /**
   * @param from who said so, for the message
   * @throws TeexException {@code MALFORMED}
   */
  static ShownEvidence parse(String json, String from) {
    Matcher shown = FORM.matcher(json);
    if (!shown.matches()) {
      throw malformed(from, null);
    }
    try {
      byte[] document = Base64.getDecoder().decode(shown.group("evidence"));
      return new ShownEvidence(
          new Endorsed(
              new Evidence(TeeKind.valueOf(shown.group("kind")), Bytes.of(document)),
              documents(shown.group("documents"))),
          Bytes32.fromHex(shown.group("key")),
          Bytes32.fromHex(shown.group("tls")));
    } catch (IllegalArgumentException e) {
      throw malformed(from, e);
    }
  }

  /**
   * @throws IllegalArgumentException if there are others than may come along, or too much
   */
  private static Collateral documents(String json) {
    Map<String, Bytes> documents = new HashMap<>();
    int size = 0;
    Matcher document = DOCUMENT.matcher(json);
    while (document.find()) {
      String name = document.group("name");
      Bytes content = Bytes.of(Base64.getDecoder().decode(document.group("content")));
      size += content.size();
      if (!Collateral.isAlongside(name)
          || size > Collateral.ALONGSIDE_SIZE_MAX
          || documents.put(name, content) != null) {
        throw new IllegalArgumentException("document " + name);
      }
    }
    return new Collateral(documents);
  }

  private static TeexException malformed(String from, @Nullable Exception cause) {
    String message = "%s answered with something else than evidence".formatted(from);
    return cause == null
        ? new TeexException(ErrorCode.MALFORMED, message)
        : new TeexException(ErrorCode.MALFORMED, message, cause);
  }
}
