package io.teex.attestation.nitro;

import io.teex.attestation.Appraiser;
import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Digests;
import io.teex.attestation.Ecdsa;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.attestation.ReportData;
import io.teex.attestation.Tcb;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.security.cert.CertificateException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Judges attestation documents of AWS Nitro enclaves. A document brings its whole chain, so no
 * collateral is needed; its certificate holds about three hours, and AWS, who alone updates what is
 * below an enclave, names no levels.
 *
 * <p>The report data is the document's {@code user_data} if that has exactly 64 bytes. Otherwise it
 * is 64 zero bytes, which nothing that TEEX asks for ever equals: were it padded, a shorter one
 * could stand for a longer one. No field tells one machine from another, so the platform's id is
 * empty.
 */
public final class NitroAppraiser implements Appraiser {
  private static final int REMEMBERED_MAX = 1_024;
  private static final Bytes NO_REPORT_DATA = Bytes.of(new byte[ReportData.SIZE]);
  private static final Bytes ZERO_PCR = Bytes.of(new byte[Digests.SHA384_SIZE]);

  private final Supplier<Bytes> root;
  private final Recent<Bytes32, Boolean> chains = new Recent<>(REMEMBERED_MAX);

  public NitroAppraiser() {
    this(NitroRoot::aws);
  }

  /**
   * @param root the one root that is trusted, in DER
   */
  NitroAppraiser(Supplier<Bytes> root) {
    this.root = root;
  }

  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    NitroDocument document;
    NitroChain chain;
    try {
      document = NitroDocument.parse(evidence);
      chain = NitroChain.of(document);
    } catch (IllegalArgumentException e) {
      checks.fail("format", Reason.MALFORMED, String.valueOf(e.getMessage()));
      return Optional.empty();
    } catch (CertificateException e) {
      checks.fail("format", Reason.MALFORMED, "certificate: " + e.getMessage());
      return Optional.empty();
    }
    checks.pass("format");
    boolean genuine = isGenuine(document, chain, time, checks);
    checks.require(
        document.imagePcrs().stream().noneMatch(ZERO_PCR::equals),
        "debug",
        Reason.DEBUG_ENABLED,
        () -> "PCR0, PCR1 or PCR2 is zero: the enclave was started to be debugged");
    Bytes userData = document.userData();
    return Optional.of(
        new Claims(
            TeeKind.NITRO,
            measurement(document),
            Bytes.EMPTY,
            Tcb.of(genuine ? TcbStatus.UP_TO_DATE : TcbStatus.UNKNOWN),
            new ReportData(userData.size() == ReportData.SIZE ? userData : NO_REPORT_DATA),
            fields(document)));
  }

  private boolean isGenuine(
      NitroDocument document, NitroChain chain, TimeInterval time, Checks checks) {
    int before = checks.answers().size();
    boolean rooted =
        checks.require(
            document.authorities().getFirst().equals(root.get()),
            "root",
            Reason.UNTRUSTED_ROOT,
            () -> "'%s' is not the pinned root".formatted(chain.root().getSubjectX500Principal()));
    if (rooted) {
      checks.require(
          chain.isLinked(chains),
          "certificates",
          Reason.CERTIFICATE_INVALID,
          () -> "the certificates do not lead from the root to the enclave's key");
    }
    checks.require(
        chain.isValidAt(time),
        "validity",
        Reason.CERTIFICATE_EXPIRED,
        () ->
            "the enclave's certificate holds from %s to %s, others longer"
                .formatted(
                    chain.enclave().getNotBefore().toInstant(),
                    chain.enclave().getNotAfter().toInstant()));
    checks.require(
        Ecdsa.P384_SHA384.verify(
            chain.enclave().getPublicKey(), document.signed(), document.signature().copy()),
        "signature",
        Reason.REPORT_SIGNATURE_INVALID,
        () -> "the enclave's key did not sign this document");
    return checks.answers().stream().skip(before).allMatch(Check::passed);
  }

  private static Measurement measurement(NitroDocument document) {
    byte[] pcrs = Bytes.concat(document.imagePcrs().toArray(Bytes[]::new)).copy();
    return Measurement.of(Digests.sha384().digest(pcrs));
  }

  private static Map<String, Object> fields(NitroDocument document) {
    Map<String, Object> pcrs = new LinkedHashMap<>();
    document
        .pcrs()
        .forEach((index, value) -> {
          if (!value.equals(ZERO_PCR)) {
            pcrs.put(String.valueOf(index), value.toHex());
          }
        });
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("module", document.moduleId());
    fields.put("digest", NitroDocument.DIGEST);
    fields.put("ts", document.timestampMillis());
    fields.put("npcr", (long) document.pcrs().size());
    fields.put("pcrs", pcrs);
    fields.put("pcrs_note", "PCRs not listed are all zero (48 bytes)");
    fields.put("nonce", document.nonce().toHex());
    fields.put("user_data", document.userData().toHex());
    fields.put("pk", document.publicKey().toHex());
    return fields;
  }
}
