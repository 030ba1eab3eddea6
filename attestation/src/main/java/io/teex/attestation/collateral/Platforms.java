package io.teex.attestation.collateral;

import io.teex.attestation.Certificates;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.X509;
import io.teex.attestation.amd.EndorsementKey;
import io.teex.attestation.amd.Product;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;

/**
 * Which platform evidence says it comes from, by the least reading that tells. Total; nothing here
 * is verified, so the answer says what to ask for and no more.
 */
public final class Platforms {
  private static final int SNP_REPORT_SIZE = 1184;
  private static final Bytes HCL = Bytes.of((byte) 'H', (byte) 'C', (byte) 'L', (byte) 'A');
  private static final int HCL_HEADER = 32;
  private static final int FIRST_VERSION_WITH_CPUID = 3;

  private Platforms() {}

  /**
   * The platforms that the evidence may come from, likeliest first; none if it needs no collateral
   * or cannot be read.
   *
   * @param alongside what came with it
   */
  public static List<Platform> of(Evidence evidence, Collateral alongside) {
    return switch (evidence.kind()) {
      case SGX, TDX ->
          PckCertificate.in(evidence.bytes())
              .map(pck ->
                  List.<Platform>of(new Platform.Intel(evidence.kind(), pck.fmspc(), pck.ca())))
              .orElseGet(List::of);
      case SNP -> snp(evidence.bytes(), alongside);
      case NITRO, SIMULATED -> List.of();
    };
  }

  private static List<Platform> snp(Bytes evidence, Collateral alongside) {
    int from = isHcl(evidence) ? HCL_HEADER : 0;
    boolean whole = from > 0 || evidence.size() == SNP_REPORT_SIZE;
    if (!whole || evidence.size() < from + SNP_REPORT_SIZE) {
      return List.of();
    }
    Bytes report = evidence.slice(from, from + SNP_REPORT_SIZE);
    ByteBuffer in = ByteBuffer.wrap(report.copy()).order(ByteOrder.LITTLE_ENDIAN);
    int signingKey = (in.getInt(0x48) >>> 2) & 7;
    if (signingKey > 1) {
      return List.of();
    }
    EndorsementKey key = signingKey == 0 ? EndorsementKey.VCEK : EndorsementKey.VLEK;
    boolean endorsed = key == EndorsementKey.VLEK || alongside.find(CollateralName.VEK).isPresent();
    Bytes tcb = report.slice(0x180, 0x188);
    Bytes chip = report.slice(0x1a0, 0x1e0);
    return products(in, alongside).stream()
        .<Platform>map(product ->
            endorsed
                ? new Platform.AmdEndorsed(product, key)
                : new Platform.Amd(product, chip, tcb))
        .toList();
  }

  /** Azure's paravisor puts a header before the report. */
  private static boolean isHcl(Bytes evidence) {
    return evidence.size() > HCL_HEADER && evidence.slice(0, HCL.size()).equals(HCL);
  }

  /** Reports of version 2 do not say: there were only two products then. */
  private static List<Product> products(ByteBuffer report, Collateral alongside) {
    if (report.getInt(0) >= FIRST_VERSION_WITH_CPUID) {
      return Product.ofCpuid(report.get(0x188) & 0xff, report.get(0x189) & 0xff).stream().toList();
    }
    Optional<Product> named = alongside.find(CollateralName.VEK).flatMap(Platforms::product);
    return named.map(List::of).orElseGet(() -> List.of(Product.MILAN, Product.GENOA));
  }

  private static Optional<Product> product(Bytes vek) {
    try {
      String issuer = X509.commonName(Certificates.parse(vek.copy()).getIssuerX500Principal());
      for (Product product : Product.ALL) {
        if (issuer.endsWith("-" + product.name())) {
          return Optional.of(product);
        }
      }
      return Optional.empty();
    } catch (CertificateException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
