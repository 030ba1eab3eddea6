package io.teex.attestation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/** Reads certificates, and issues the few kinds of P-256 certificates that TEEX knows. */
public final class Certificates {
  private static final int SERIAL_BITS = 120;
  private static final byte DER_SEQUENCE = 0x30;
  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String PEM_END = "-----END CERTIFICATE-----";
  private static final AlgorithmIdentifier ECDSA_SHA256 =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private Certificates() {}

  /**
   * @param der one certificate and nothing after it
   */
  public static X509Certificate parse(byte[] der) throws CertificateException {
    ByteArrayInputStream in = new ByteArrayInputStream(der);
    X509Certificate certificate =
        (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    if (in.available() > 0) {
      throw new CertificateException("%d bytes after the certificate".formatted(in.available()));
    }
    return certificate;
  }

  /**
   * The certificate in a file: the one in DER, or the first in PEM, whatever lines stand around it.
   *
   * @return nothing if the file does not look like either
   * @throws CertificateException if it does and is none
   */
  public static Optional<X509Certificate> first(byte[] file) throws CertificateException {
    if (file.length > 0 && file[0] == DER_SEQUENCE) {
      return Optional.of(parse(file));
    }
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int begin = text.startsWith(PEM_BEGIN) ? 0 : text.indexOf("\n" + PEM_BEGIN) + 1;
    if (!text.startsWith(PEM_BEGIN, begin)) {
      return Optional.empty();
    }
    int end = text.indexOf(PEM_END, begin);
    if (end < 0) {
      throw new CertificateException("the PEM has no end");
    }
    try {
      return Optional.of(
          parse(Base64.getMimeDecoder().decode(text.substring(begin + PEM_BEGIN.length(), end))));
    } catch (IllegalArgumentException e) {
      throw new CertificateException("the PEM is not Base64", e);
    }
  }

  /** Whether it is signed by ECDSA P-256 / SHA-256 with the key of its issuer. */
  public static boolean isSignedBy(X509Certificate certificate, PublicKey issuer) {
    if (!certificate.getSigAlgOID().equals(X9ObjectIdentifiers.ecdsa_with_SHA256.getId())) {
      return false;
    }
    try {
      return Ecdsa.P256_SHA256.verifyDer(
          issuer, certificate.getTBSCertificate(), certificate.getSignature());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  static X509v3CertificateBuilder builder(
      String issuer,
      String subject,
      PublicKey key,
      Instant notBefore,
      Instant notAfter,
      SecureRandom random) {
    return new X509v3CertificateBuilder(
        new X500Name(issuer),
        new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
        Date.from(notBefore),
        Date.from(notAfter),
        new X500Name(subject),
        SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }

  static X509Certificate sign(
      X509v3CertificateBuilder builder, KeyPair issuer, SecureRandom random) {
    try {
      byte[] der = builder.build(new Signer(issuer.getPrivate(), random)).getEncoded();
      return parse(der);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a certificate of our own making is not one", e);
    }
  }

  /** Signs by the JDK, without the registration of BouncyCastle as a provider. */
  private static final class Signer implements ContentSigner {
    private final Signature signature;

    Signer(PrivateKey key, SecureRandom random) throws GeneralSecurityException {
      signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key, random);
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return ECDSA_SHA256;
    }

    @Override
    public OutputStream getOutputStream() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int size) throws IOException {
          try {
            signature.update(bytes, from, size);
          } catch (SignatureException e) {
            throw new IOException(e);
          }
        }
      };
    }

    @Override
    public byte[] getSignature() {
      try {
        return signature.sign();
      } catch (SignatureException e) {
        throw new IllegalStateException("a P-256 key of our own cannot sign", e);
      }
    }
  }
}
