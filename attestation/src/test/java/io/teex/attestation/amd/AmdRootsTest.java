package io.teex.attestation.amd;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.X509;
import io.teex.protocol.Sha256;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class AmdRootsTest {
  @Test
  void areTheOnesThatAmdPublishes() throws Exception {
    AmdRoots amd = AmdRoots.amd();

    assertThat(Product.ALL.stream().map(product -> fingerprint(root(amd, product))))
        .containsExactly(
            "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
            "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
            "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a");
    assertThat(amd.authorities().stream().map(AmdRootsTest::fingerprint))
        .containsExactly(
            "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
            "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
            "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
            "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
            "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
            "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c");
  }

  @Test
  void signedTheirAuthorities() {
    AmdRoots amd = AmdRoots.amd();
    for (int i = 0; i < Product.ALL.size(); i++) {
      Product product = Product.ALL.get(i);
      List<X509Certificate> authorities = amd.authorities().subList(2 * i, 2 * i + 2);

      assertThat(authorities)
          .extracting(authority -> X509.commonName(authority.getSubjectX500Principal()))
          .containsExactly("SEV-" + product.name(), "SEV-VLEK-" + product.name());
      assertThat(authorities)
          .allMatch(authority -> RsaPss.signed(root(amd, product).getPublicKey(), authority));
    }
  }

  private static X509Certificate root(AmdRoots roots, Product product) {
    return Objects.requireNonNull(roots.roots().get(product));
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return Sha256.hash(certificate.getEncoded()).value().toHex();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
