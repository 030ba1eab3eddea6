package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SignedObjectTest {
  private static final String SIGNATURE = "\"signature\":\"" + "ab".repeat(64) + "\"";

  @Test
  void cutsTheObjectOutByteForByte() throws Exception {
    String inner = "{ \"id\" :\t\"TDX\",\n \"é\": [ {\"a\":1.0e2} ], \"\\u0061\":\"}\" }";

    for (String answer :
        new String[] {
          "{\"tcbInfo\":%s,%s}".formatted(inner, SIGNATURE),
          " {\n%s , \"tcbInfo\" :  %s  }\n".formatted(SIGNATURE, inner)
        }) {
      SignedObject object = SignedObject.in(utf8(answer), "tcbInfo");

      assertThat(CollateralServer.text(object.text())).isEqualTo(inner);
      assertThat(object.signature().toHex()).isEqualTo("ab".repeat(64));
    }
  }

  @Test
  void cutsGenuineObjectsOut() throws Exception {
    for (Path file : Vectors.files("tdx", "collateral.json")) {
      Collateral collateral = CollateralFile.read(file);
      String tcbInfo =
          CollateralServer.text(CollateralServer.get(collateral, CollateralName.TCB_INFO));

      SignedObject object =
          SignedObject.in(utf8("{\"tcbInfo\":%s,%s}".formatted(tcbInfo, SIGNATURE)), "tcbInfo");

      assertThat(CollateralServer.text(object.text())).isEqualTo(tcbInfo);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"tcbInfo\":{}}",
        "{\"tcbInfo\":[],SIG}",
        "{\"tcbInfo\":\"{}\",SIG}",
        "{\"enclaveIdentity\":{},SIG}",
        "{\"tcbInfo\":{},\"signature\":\"ab\"}",
        "{\"tcbInfo\":{},\"signature\":1}",
        "{\"tcbInfo\":{},\"signature\":\"zz\"}",
        "{\"tcbInfo\":{},\"tcbInfo\":{},SIG}",
        "{\"tcbInfo\":{},SIG,SIG}",
        "{\"tcbInfo\":{},SIG,\"more\":1}",
        "{\"tcbInfo\":{},SIG} x",
        "{\"tcbInfo\":{\"a\":1,\"a\":2},SIG}",
        "{\"tcbInfo\":{},SIG"
      })
  void refusesAnyOtherShape(String answer) {
    byte[] bytes = utf8(answer.replace("SIG", SIGNATURE));

    assertThatThrownBy(() -> SignedObject.in(bytes, "tcbInfo")).isInstanceOf(PartFailure.class);
  }

  @Test
  void refusesOtherEncodingsOfWhichItWouldCutTheWrongBytes() {
    String answer = "{\"tcbInfo\":{},%s}".formatted(SIGNATURE);

    for (var charset :
        new java.nio.charset.Charset[] {
          StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16
        }) {
      byte[] bytes = answer.getBytes(charset);
      assertThatThrownBy(() -> SignedObject.in(bytes, "tcbInfo")).isInstanceOf(PartFailure.class);
    }
  }

  @Test
  void refusesDeepNestingInsteadOfRunningOutOfStack() {
    byte[] bytes = utf8("{\"tcbInfo\":{\"a\":" + "[".repeat(100_000));

    assertThatThrownBy(() -> SignedObject.in(bytes, "tcbInfo")).isInstanceOf(PartFailure.class);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
