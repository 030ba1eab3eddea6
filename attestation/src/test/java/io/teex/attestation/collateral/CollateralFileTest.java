package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CollateralFileTest {
  @TempDir Path directory;

  @Test
  void readsWhatOthersCapturedAndWritesTheSame() {
    for (String kind : new String[] {"sgx", "tdx", "tdx-v5"}) {
      for (Path file : Vectors.files(kind, "collateral.json")) {
        Collateral collateral = CollateralFile.read(file);

        assertThat(collateral.documents()).as(file.toString()).hasSize(9);
        assertThat(CollateralFile.parse(CollateralFile.write(collateral))).isEqualTo(collateral);
      }
    }
  }

  @Test
  void keepsEveryKindOfDocument() {
    Collateral collateral =
        new Collateral(
            Map.of(
                CollateralName.VEK, Bytes.of((byte) 0xff),
                CollateralName.VEK_CRL, Bytes.EMPTY,
                CollateralName.EVENT_LOG, Bytes.of((byte) 0, (byte) 0x80),
                CollateralName.TCB_INFO,
                    Bytes.of("{ \"é\" : \"\\u0000\" }".getBytes(StandardCharsets.UTF_8))));

    assertThat(CollateralFile.parse(CollateralFile.write(collateral))).isEqualTo(collateral);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"tcb_info\":1}",
        "{\"tcb_inf\":\"x\"}",
        "{\"pck_crl\":\"0g\"}",
        "{\"pck_crl\":\"00\",\"pck_crl\":\"00\"}",
        "{\"pck_crl\":\"00\",\"pck-crl\":\"00\"}",
        "{\"pck_crl\":\"00\"} x",
        "{\"pck_crl\":\"00\""
      })
  void refusesWhatItDoesNotUnderstandWhole(String json) {
    assertThatThrownBy(() -> CollateralFile.parse(json))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void refusesADocumentThatNoVerifierWouldTake() {
    String json = "{\"tcb_info\":\"%s\"}".formatted("x".repeat(Collateral.DOCUMENT_SIZE_MAX + 1));

    assertThatThrownBy(() -> CollateralFile.parse(json)).hasMessageContaining("at most 262144");
  }

  @Test
  void namesTheFileThatCannotBeRead() {
    Path absent = directory.resolve("absent.json");

    assertThatThrownBy(() -> CollateralFile.read(absent)).hasMessageContaining("absent.json");
    assertThatThrownBy(() -> CollateralFile.readVek(absent)).hasMessageContaining("absent.json");
  }

  @Test
  void readsAnEndorsementKeyInDerAndInPemWithItsIssuers() throws Exception {
    Bytes vek = Vectors.bytes("snp/milan-v2-trustee/vek.der");
    Bytes issuers = Vectors.bytes("roots/amd-milan-vcek.pem");
    Path pem = directory.resolve("vek.pem");
    Files.writeString(pem, CollateralFile.pem(vek.copy()) + CollateralServer.text(issuers));

    assertThat(CollateralFile.readVek(Vectors.path("snp/milan-v2-trustee/vek.der")).documents())
        .isEqualTo(Map.of(CollateralName.VEK, vek));
    Collateral both = CollateralFile.readVek(pem);
    assertThat(both.find(CollateralName.VEK)).contains(vek);
    assertThat(X509.certificates(both.find(CollateralName.VEK_ISSUER_CHAIN).orElseThrow(), 4))
        .isEqualTo(X509.certificates(issuers, 4));
  }

  @Test
  void refusesAnEndorsementKeyThatIsNone() throws Exception {
    Path file = Files.writeString(directory.resolve("vek.pem"), "no certificate");

    assertThatThrownBy(() -> CollateralFile.readVek(file))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }
}
