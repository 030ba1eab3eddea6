package io.teex.rpc.web;

import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.lang.System.Logger.Level;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows that an HPKE key is held by a TEE: {@code GET /attestation?nonce=HEX}, the nonce of 16 to
 * 32 bytes, is answered by JSON
 *
 * <pre>{@code {kind, role, evidence, hpkeKey, tlsKeyHash, nonce, simulated}}</pre>
 *
 * where {@code evidence} is the platform's own document in Base64 and the rest hexadecimal; what
 * the evidence vouches for is {@link WebBinding}. Evidence costs the platform time, so few answers
 * are made at once and the others are told to come later.
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
      Evidence evidence = evidence(WebBinding.of(role, key, tlsKeyHash, nonce));
      return HttpAnswer.json(
          "{\"kind\":\"%s\",\"role\":\"%s\",\"evidence\":\"%s\",\"hpkeKey\":\"%s\",\"tlsKeyHash\":\"%s\",\"nonce\":\"%s\",\"simulated\":%b}"
              .formatted(
                  evidence.kind(),
                  role.name().toLowerCase(Locale.ROOT),
                  Base64.getEncoder().encodeToString(evidence.bytes().copy()),
                  key.value().toHex(),
                  tlsKeyHash.value().toHex(),
                  HexFormat.of().formatHex(nonce),
                  evidence.kind() == TeeKind.SIMULATED));
    } finally {
      running.release();
    }
  }

  private Evidence evidence(ReportData bound) {
    try {
      return source.evidence(bound);
    } catch (TeexException e) {
      // What a platform says of itself is not for everybody.
      LOG.log(Level.WARNING, "the platform gives no evidence", e);
      throw new TeexException(ErrorCode.UNAVAILABLE, "the platform gives no evidence now", e);
    }
  }
}
