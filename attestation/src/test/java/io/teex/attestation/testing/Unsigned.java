package io.teex.attestation.testing;

import io.teex.attestation.Certificates;
import io.teex.attestation.P256;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/** Certificates with a signature of zeros, for readers of what is in them: no time is lost. */
public final class Unsigned {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  public static final Instant END = Instant.parse("2027-01-01T00:00:00Z");
  public static final KeyPair KEY = P256.generate(new SecureRandom());

  private Unsigned() {}

  /** One of {@link #KEY}, with these contents of extensions by their identifiers. */
  public static X509Certificate certificate(Map<String, byte[]> extensions) {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=x"),
            BigInteger.ONE,
            Date.from(START),
            Date.from(END),
            new X500Name("CN=x"),
            SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()));
    try {
      for (Map.Entry<String, byte[]> extension : extensions.entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), false, extension.getValue());
      }
      return Certificates.parse(builder.build(new NoSigner()).getEncoded());
    } catch (IOException | CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static final class NoSigner implements ContentSigner {
    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public byte[] getSignature() {
      return new byte[8];
    }
  }
}
