package io.teex.attestation.amd;

import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The roots (ARK) that are trusted, one for each product, and the authorities below them that are
 * known without asking (ASK, ASVK).
 */
record AmdRoots(Map<Product, X509Certificate> roots, List<X509Certificate> authorities) {
  AmdRoots {
    roots = Map.copyOf(roots);
    authorities = List.copyOf(authorities);
  }

  /** AMD's own, loaded where they are first needed. */
  static AmdRoots amd() {
    return Holder.AMD;
  }

  private static final class Holder {
    private static final int CERTIFICATES = 3;
    private static final AmdRoots AMD = load();

    /** A file of each product holds its ARK, ASK and ASVK, in this order. */
    private static AmdRoots load() {
      Map<Product, X509Certificate> roots = new HashMap<>();
      List<X509Certificate> authorities = new ArrayList<>();
      for (Product product : Product.ALL) {
        String name = product.name().toLowerCase(Locale.ROOT) + ".pem";
        try (InputStream in = AmdRoots.class.getResourceAsStream(name)) {
          if (in == null) {
            throw new IllegalStateException("resource %s is missing".formatted(name));
          }
          List<X509Certificate> certificates =
              X509.certificates(Bytes.of(in.readAllBytes()), CERTIFICATES);
          roots.put(product, certificates.getFirst());
          authorities.addAll(certificates.subList(1, CERTIFICATES));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (CertificateException e) {
          throw new IllegalStateException("resource %s is damaged".formatted(name), e);
        }
      }
      return new AmdRoots(roots, authorities);
    }
  }
}
