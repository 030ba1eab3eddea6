package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PartReaderTest {
  private static final Bytes FMSPC = Bytes.fromHex("b0c06f000000");
  private static final Part.TcbInfo TCB_INFO = new Part.TcbInfo(TeeKind.TDX, FMSPC);

  private static Map<String, Bytes> genuine() {
    return new HashMap<>(
        CollateralFile.read(Vectors.path(Vectors.TDX + "/collateral.json")).documents());
  }

  @Test
  void readsHowLongGenuineDocumentsHold() throws Exception {
    Map<String, Bytes> documents = genuine();

    assertThat(PartReader.read(TCB_INFO, documents))
        .isEqualTo(
            new Life(
                Instant.parse("2025-06-19T10:16:03Z"), Instant.parse("2025-07-19T10:16:03Z"), 17));
    assertThat(PartReader.read(new Part.QeIdentity(TeeKind.TDX), documents))
        .isEqualTo(
            new Life(
                Instant.parse("2025-06-19T10:32:27Z"), Instant.parse("2025-07-19T10:32:27Z"), 17));
    assertThat(PartReader.read(new Part.PckCrl(PckCa.PLATFORM), documents).expires())
        .isEqualTo(Instant.parse("2025-07-19T10:00:35Z"));
    assertThat(PartReader.read(new Part.RootCaCrl(), documents).evaluation()).isZero();
  }

  @Test
  void aDocumentHoldsNoLongerThanItsSignersCertificate() throws Exception {
    Map<String, Bytes> documents = genuine();
    // One that expired in 2025, while the document names its next issue in 2035.
    Collateral old =
        CollateralFile.read(Vectors.path("tdx/go-tdx-guest-spr-e4-50806f000000/collateral.json"));
    documents.put(
        CollateralName.TCB_INFO_ISSUER_CHAIN,
        CollateralServer.get(old, CollateralName.TCB_INFO_ISSUER_CHAIN));
    replace(documents, CollateralName.TCB_INFO, "2025-07-19T10:16:03Z", "2035-07-19T10:16:03Z");

    assertThat(PartReader.read(TCB_INFO, documents).expires())
        .isBefore(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  void refusesTheDocumentsOfAnotherPlatform() {
    assertThat(reason(new Part.TcbInfo(TeeKind.TDX, Bytes.fromHex("b0c06f000001")), genuine()))
        .isEqualTo(Reason.COLLATERAL_MISMATCH);
    assertThat(reason(new Part.TcbInfo(TeeKind.SGX, FMSPC), genuine()))
        .isEqualTo(Reason.COLLATERAL_MISMATCH);
    assertThat(reason(new Part.QeIdentity(TeeKind.SGX), genuine()))
        .isEqualTo(Reason.COLLATERAL_MISMATCH);
    assertThat(reason(new Part.PckCrl(PckCa.PROCESSOR), genuine()))
        .isEqualTo(Reason.COLLATERAL_MISMATCH);
    Map<String, Bytes> swapped = genuine();
    swapped.put(
        CollateralName.ROOT_CA_CRL, java.util.Objects.requireNonNull(swapped.get("pck-crl")));
    assertThat(reason(new Part.RootCaCrl(), swapped)).isEqualTo(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void refusesDocumentsOfAnotherVersion() {
    Map<String, Bytes> documents = genuine();
    replace(documents, CollateralName.TCB_INFO, "\"version\":3", "\"version\":2");

    assertThat(reason(TCB_INFO, documents)).isEqualTo(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void letsNobodyWriteLinesIntoTheLog() {
    Map<String, Bytes> documents = genuine();
    replace(documents, CollateralName.TCB_INFO, "B0C06F000000", "\\n\\u001b[31mINFO all is well");

    assertThatThrownBy(() -> PartReader.read(TCB_INFO, documents))
        .hasMessage("the TCB info's fmspc is ??[31mINFO all is well, expected b0c06f000000");
  }

  @Test
  void refusesDocumentsThatDoNotSayHowLongTheyHold() {
    Map<String, Bytes> documents = genuine();
    replace(documents, CollateralName.TCB_INFO, "\"nextUpdate\"", "\"nextUpDate\"");

    assertThat(reason(TCB_INFO, documents)).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void refusesTheChainOfAnotherProduct() throws Exception {
    Map<String, Bytes> documents =
        Map.of(CollateralName.VEK_ISSUER_CHAIN, Vectors.bytes("roots/amd-milan-vcek.pem"));

    assertThat(
            PartReader.read(new Part.VekChain(Product.MILAN, EndorsementKey.VCEK), documents)
                .expires())
        .isAfter("2040-01-01T00:00:00Z");
    assertThat(reason(new Part.VekChain(Product.TURIN, EndorsementKey.VCEK), documents))
        .isEqualTo(Reason.COLLATERAL_MISMATCH);
  }

  @Test
  void isTotal() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Platform platform = new Platform.Intel(TeeKind.TDX, FMSPC, PckCa.PLATFORM);
    for (int i = 0; i < 2_000; i++) {
      Map<String, Bytes> documents = genuine();
      documents.replaceAll((name, document) -> damaged(document, random));
      for (Part part : platform.parts()) {
        try {
          assertThat(PartReader.read(part, documents)).isNotNull();
        } catch (PartFailure e) {
          assertThat(e.check(part).reason()).as("seed %d", seed).isNotNull();
        }
      }
    }
  }

  private static Bytes damaged(Bytes document, Random random) {
    byte[] bytes = document.slice(0, document.size() - random.nextInt(2)).copy();
    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    return Bytes.of(bytes);
  }

  private static void replace(
      Map<String, Bytes> documents, String name, String seen, String instead) {
    documents.computeIfPresent(
        name,
        (key, text) ->
            Bytes.of(
                CollateralServer.text(text)
                    .replace(seen, instead)
                    .getBytes(StandardCharsets.UTF_8)));
  }

  private static Reason reason(Part part, Map<String, Bytes> documents) {
    return catchThrowableOfType(PartFailure.class, () -> PartReader.read(part, documents))
        .check(part)
        .reason();
  }
}
