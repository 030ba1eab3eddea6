package io.teex.rpc.web;

import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.lang.System.Logger.Level;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Shows that an HPKE key is held by a TEE: {@code GET /attestation?nonce=HEX}, the nonce of 16 to
 * 32 bytes, is answered by JSON
 *
 * <pre>{@code {kind, role, evidence, documents, hpkeKey, tlsKeyHash, nonce, simulated}}</pre>
 *
 * where {@code evidence} is the platform's own document in Base64, {@code documents} what comes
 * along with it (an object of {@code vek} and {@code event-log}, in Base64, as far as the platform
 * has them) and the rest hexadecimal; what the evidence vouches for is {@link WebBinding}. Evidence
 * costs the platform time, so few answers are made at once and the others are told to come later.
 */
final class EvidenceDesk {
  static final String PATH = "/attestation";

  private static final System.Logger LOG = System.getLogger(EvidenceDesk.class.getName());
  private static final Pattern QUERY = Pattern.compile("nonce=((?:[0-9a-fA-F]{2}){16,32})");
  private static final int RUNNING_MAX = 4;

  private final EvidenceSource source;
  private final Role role;
  private final Bytes32 tlsKeyHash;
  private final Supplier<Bytes32> hpkeKey;
  private final Semaphore running = new Semaphore(RUNNING_MAX);

  /**
   * @param tlsKeyHash of this process, by which node certificates name it
   * @param hpkeKey the present one, whose private half is this process's alone
   */
  EvidenceDesk(EvidenceSource source, Role role, Bytes32 tlsKeyHash, Supplier<Bytes32> hpkeKey) {
    this.source = source;
    this.role = role;
    this.tlsKeyHash = tlsKeyHash;
    this.hpkeKey = hpkeKey;
  }

  /**
   * Takes a place for one answer, which {@link #answer} leaves again.
   *
   * @param query of the request, without its question mark
   * @return the nonce
   * @throws TeexException {@code MALFORMED}, {@code UNAVAILABLE}
   */
  byte[] enter(String query) {
    Matcher matcher = QUERY.matcher(query);
    if (!matcher.matches()) {
      throw new TeexException(
          ErrorCode.MALFORMED, "expected ?nonce= with 16 to 32 bytes in hexadecimal and no more");
    }
    if (!running.tryAcquire()) {
      throw new TeexException(ErrorCode.UNAVAILABLE, "too many requests at once, try again");
    }
    return HexFormat.of().parseHex(matcher.group(1));
  }

  /** Names, Base64 and hexadecimal digits: nothing that JSON would have to escape. */
  HttpAnswer answer(byte[] nonce) {
    try {
      Bytes32 key = hpkeKey.get();
      Endorsed shown = evidence(WebBinding.of(role, key, tlsKeyHash, nonce));
      Evidence evidence = shown.evidence();
      return HttpAnswer.json(
          "{\"kind\":\"%s\",\"role\":\"%s\",\"evidence\":\"%s\",\"documents\":{%s},\"hpkeKey\":\"%s\",\"tlsKeyHash\":\"%s\",\"nonce\":\"%s\",\"simulated\":%b}"
              .formatted(
                  evidence.kind(),
                  role.name().toLowerCase(Locale.ROOT),
                  base64(evidence.bytes()),
                  documents(shown.collateral().alongsideThatFits()),
                  key.value().toHex(),
                  tlsKeyHash.value().toHex(),
                  HexFormat.of().formatHex(nonce),
                  evidence.kind() == TeeKind.SIMULATED));
    } finally {
      running.release();
    }
  }

  private static String documents(Collateral alongside) {
    return new TreeMap<>(alongside.documents())
        .entrySet().stream()
            .map(named -> "\"%s\":\"%s\"".formatted(named.getKey(), base64(named.getValue())))
            .collect(Collectors.joining(","));
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.copy());
  }

  private Endorsed evidence(ReportData bound) {
    try {
      return source.endorsed(bound);
    } catch (TeexException e) {
      // What a platform says of itself is not for everybody.
      LOG.log(Level.WARNING, "the platform gives no evidence", e);
      throw new TeexException(ErrorCode.UNAVAILABLE, "the platform gives no evidence now", e);
    }
  }
}
