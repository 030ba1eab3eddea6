package io.teex.attestation.nitro;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Documents that no hypervisor makes. */
final class NitroAppraiserTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final TestDocument GENUINE = new TestDocument();

  private Optional<Claims> claims = Optional.empty();

  @Test
  void acceptsADocumentOfThePinnedRoot() throws Exception {
    assertThat(reasons(GENUINE)).isEmpty();

    MessageDigest digest = MessageDigest.getInstance("SHA-384");
    for (int i = 0; i < 3; i++) {
      digest.update(TestDocument.pcr(i).copy());
    }
    assertThat(claims.orElseThrow().measurement().value()).isEqualTo(Bytes.of(digest.digest()));
    assertThat(claims.orElseThrow().field("pcrs.8")).contains(TestDocument.pcr(8).toHex());
  }

  @Test
  void takesUserDataOf64BytesAsReportDataAndNothingElse() {
    for (int size : new int[] {0, 1, 32, 63, 64, 65, 512}) {
      Bytes userData = filled(size);

      assertThat(reasons(GENUINE.with("user_data", TestDocument.octets(userData)))).isEmpty();

      assertThat(claims.orElseThrow().reportData().value())
          .isEqualTo(size == 64 ? userData : Bytes.of(new byte[64]));
      assertThat(claims.orElseThrow().field("user_data")).contains(userData.toHex());
    }
  }

  @Test
  void refusesALookAlikeOfTheRoot() {
    TestDocument lookAlike = new TestDocument();

    assertThat(reasons(lookAlike)).containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(claims.orElseThrow().tcbStatus()).isEqualTo(TcbStatus.UNKNOWN);
  }

  @Test
  void refusesAChainOfAnotherRootBelowThePinnedOne() {
    TestDocument lookAlike = new TestDocument();
    TestDocument mixed =
        lookAlike.with(
            "cabundle",
            TestDocument.list(
                TestDocument.octets(GENUINE.root()),
                TestDocument.octets(lookAlike.authorityDer())));

    assertThat(reasons(mixed)).containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesAnEnclavesCertificateAsAnAuthority() {
    assertThat(reasons(GENUINE.signedByAnEnclave())).containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesAChainThatLacksOneOrHasThemInAnotherOrder() {
    Bytes root = TestDocument.octets(GENUINE.root());
    Bytes authority = TestDocument.octets(GENUINE.authorityDer());

    assertThat(reasons(GENUINE.with("cabundle", TestDocument.list(root))))
        .containsExactly(Reason.CERTIFICATE_INVALID);
    assertThat(reasons(GENUINE.with("cabundle", TestDocument.list(authority, root))))
        .containsExactly(Reason.UNTRUSTED_ROOT);
    assertThat(reasons(GENUINE.with("cabundle", TestDocument.list(root, authority, authority))))
        .containsExactly(Reason.CERTIFICATE_INVALID);
  }

  @Test
  void refusesDebuggingIfAnyPcrOfTheImageIsZero() {
    for (int i = 0; i < 3; i++) {
      assertThat(reasons(GENUINE.withPcr(i, Bytes.of(new byte[48]))))
          .containsExactly(Reason.DEBUG_ENABLED);
    }
    assertThat(reasons(GENUINE.withPcr(8, Bytes.of(new byte[48])))).isEmpty();
    assertThat(claims.orElseThrow().field("pcrs.8")).isEmpty();
  }

  @Test
  void refusesPartsThatAreMissingOrOfAnotherForm() {
    Bytes text = TestDocument.text("x");
    for (String name :
        List.of("module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle")) {
      assertThat(reasons(GENUINE.without(name))).as(name).containsExactly(Reason.MALFORMED);
      assertThat(claims).isEmpty();
      assertThat(reasons(GENUINE.with(name, Bytes.of(new byte[] {(byte) 0xf6}))))
          .as(name)
          .containsExactly(Reason.MALFORMED);
    }
    for (String name :
        List.of("timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data")) {
      assertThat(reasons(GENUINE.with(name, text))).as(name).containsExactly(Reason.MALFORMED);
    }
    assertThat(reasons(GENUINE.with("digest", TestDocument.text("SHA512"))))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.with("timestamp", Bytes.of(new byte[1]))))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.with("cabundle", TestDocument.list())))
        .containsExactly(Reason.MALFORMED);
  }

  @Test
  void takesWhatMayBeMissingAsEmptyAndLeavesUnknownMembersAlone() {
    assertThat(reasons(GENUINE.without("public_key").without("user_data").without("nonce")))
        .isEmpty();
    assertThat(claims.orElseThrow().field("nonce")).contains("");
    assertThat(reasons(GENUINE.with("later", TestDocument.list(TestDocument.text("x"))))).isEmpty();
  }

  @Test
  void boundsTheSizesOfFields() {
    assertThat(reasons(GENUINE.with("nonce", TestDocument.octets(filled(512))))).isEmpty();
    assertThat(reasons(GENUINE.with("nonce", TestDocument.octets(filled(513)))))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.with("user_data", TestDocument.octets(filled(513)))))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.with("public_key", TestDocument.octets(filled(1024))))).isEmpty();
    assertThat(reasons(GENUINE.with("public_key", TestDocument.octets(filled(1025)))))
        .containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.withPcr(32, TestDocument.pcr(1)))).containsExactly(Reason.MALFORMED);
    assertThat(reasons(GENUINE.withPcr(31, TestDocument.pcr(1)))).isEmpty();
    assertThat(reasons(GENUINE.withPcr(3, filled(47)))).containsExactly(Reason.MALFORMED);
  }

  @Test
  void refusesAnotherAlgorithmAndUnprotectedHeaders() {
    // ES256, ES384 with a second member, nothing.
    for (String header : List.of("a10126", "a201382202f6", "a0", "")) {
      assertThat(reasons(GENUINE.encoded(Bytes.fromHex(header), "a0")))
          .as(header)
          .containsExactly(Reason.MALFORMED);
    }
    assertThat(reasons(GENUINE.encoded(Bytes.fromHex("a1013822"), "a10126")))
        .containsExactly(Reason.MALFORMED);
  }

  private static Bytes filled(int size) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) 0x55);
    return Bytes.of(bytes);
  }

  private List<Reason> reasons(TestDocument document) {
    return reasons(document.encoded());
  }

  private List<Reason> reasons(Bytes document) {
    Checks checks = new Checks();
    claims =
        new NitroAppraiser(GENUINE::root)
            .appraise(document, Collateral.none(), TimeInterval.at(NOW), Policy.strict(), checks);
    return checks.answers().stream()
        .map(Check::failure)
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }
}
