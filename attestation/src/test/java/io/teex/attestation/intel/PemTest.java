package io.teex.attestation.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class PemTest {
  private final String one = FakePlatform.pem(new FakePlatform(TeeKind.SGX, 3).rootCertificate());

  @Test
  void readsCertificatesWithWhatQuotingLibrariesPutAround() throws Refused {
    assertThat(Pem.certificates(bytes(one + one), 2, "chain")).hasSize(2);
    assertThat(Pem.certificates(bytes(one.strip()), 1, "chain")).hasSize(1);
    assertThat(Pem.certificates(bytes(one + "\0\0"), 1, "chain")).hasSize(1);
    assertThat(Pem.certificates(bytes(one + "\n" + one), 2, "chain")).hasSize(2);
    assertThat(Pem.certificates(bytes(one.replace("\n", "\r\n")), 1, "chain")).hasSize(1);
  }

  @Test
  void refusesAnythingElse() {
    refuses("");
    refuses("\0");
    refuses(one + one);
    refuses(one + "comment");
    refuses("comment\n" + one);
    refuses(one + "\0x");
    refuses(one.substring(1));
    refuses(one.replace("END", "FIN"));
    refuses(one.substring(0, one.length() / 2));
    refuses(one.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE"));
    refuses(one.replace("\n-----END", "=\n-----END"));
    refuses(one.replace("-----\nMII", "-----\n MII"));
    refuses("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    refuses("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
  }

  private static void refuses(String pem) {
    Refused refused =
        catchThrowableOfType(Refused.class, () -> Pem.certificates(bytes(pem), 1, "chain"));

    assertThat(refused).as(pem).isNotNull();
    assertThat(refused.reason()).isEqualTo(Reason.CERTIFICATE_INVALID);
  }

  private static Bytes bytes(String pem) {
    return Bytes.of(pem.getBytes(StandardCharsets.ISO_8859_1));
  }
}
