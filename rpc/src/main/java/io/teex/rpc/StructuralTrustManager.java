package io.teex.rpc;

import io.teex.attestation.RaTls;
import io.teex.protocol.TeexException;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets a handshake end only with a certificate that can be judged at all: one, within its dates,
 * with one piece of evidence. Names and authorities of the Web PKI mean nothing here. The decision
 * itself is made over the first messages, where a refusal can be told and logged.
 */
final class StructuralTrustManager extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_AUTHORITIES = {};

  private final Attestor attestor;

  StructuralTrustManager(Attestor attestor) {
    this.attestor = attestor;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException("expected one certificate, got %d".formatted(chain.length));
    }
    if (sizeOf(chain[0]) > RaTls.CERTIFICATE_SIZE_MAX) {
      throw new CertificateException("the certificate is too large");
    }
    try {
      RaTls.requireStructure(chain[0], attestor.now());
    } catch (TeexException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static int sizeOf(X509Certificate certificate) throws CertificateEncodingException {
    return certificate.getEncoded().length;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_AUTHORITIES;
  }
}
