package io.teex.attestation.testing;

import io.teex.attestation.Certificates;
import io.teex.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/**
 * Issues the certificates and revocation lists of a platform's maker whom nobody trusts but a test:
 * by RSASSA-PSS as AMD does with an RSA key, by ECDSA with SHA-384 with another one.
 */
public final class TestAuthority {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  public static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

  private static final AlgorithmIdentifier SHA384 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha384, DERNull.INSTANCE);
  private static final AlgorithmIdentifier PSS =
      new AlgorithmIdentifier(
          PKCSObjectIdentifiers.id_RSASSA_PSS,
          new RSASSAPSSparams(
              SHA384,
              new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, SHA384),
              new ASN1Integer(48),
              new ASN1Integer(1)));
  private static final AlgorithmIdentifier ECDSA =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);

  private final X500Name name;
  private final KeyPair key;
  private final X509Certificate certificate;

  private TestAuthority(X500Name name, KeyPair key, X509Certificate certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /** One that vouches for itself. */
  public static TestAuthority root(String name, KeyPair key) {
    X500Name subject = new X500Name(name);
    return new TestAuthority(
        subject, key, issue(subject, key, subject, key.getPublic(), 1, true, Map.of()));
  }

  /** One below this one. */
  public TestAuthority authority(String subject, KeyPair subjectKey, long serial) {
    X500Name theirs = new X500Name(subject);
    X509Certificate issued =
        issue(name, key, theirs, subjectKey.getPublic(), serial, true, Map.of());
    return new TestAuthority(theirs, subjectKey, issued);
  }

  /**
   * A certificate of somebody who issues none.
   *
   * @param extensions what they hold, by their identifiers
   */
  public X509Certificate issue(
      String subject, PublicKey subjectKey, Map<String, Bytes> extensions) {
    return issue(name, key, new X500Name(subject), subjectKey, 0, false, extensions);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** The list of what this authority has revoked, in DER. */
  public Bytes revocations(Instant thisUpdate, Instant nextUpdate, X509Certificate... revoked) {
    X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(thisUpdate));
    builder.setNextUpdate(Date.from(nextUpdate));
    for (X509Certificate certificate : revoked) {
      builder.addCRLEntry(
          certificate.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
    }
    try {
      return Bytes.of(builder.build(new Signer(key.getPrivate())).getEncoded());
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public static KeyPair rsa() {
    return pair("RSA", 2048, null);
  }

  public static KeyPair p384() {
    return pair("EC", 0, "secp384r1");
  }

  private static KeyPair pair(
      String algorithm, int bits, @org.jspecify.annotations.Nullable String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (curve == null) {
        generator.initialize(bits);
      } else {
        generator.initialize(new ECGenParameterSpec(curve));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate issue(
      X500Name issuer,
      KeyPair issuerKey,
      X500Name subject,
      PublicKey key,
      long serial,
      boolean isAuthority,
      Map<String, Bytes> extensions) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(serial),
              Date.from(START),
              Date.from(END),
              subject,
              SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      if (isAuthority) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      }
      for (Map.Entry<String, Bytes> extension : extensions.entrySet()) {
        builder.addExtension(
            new ASN1ObjectIdentifier(extension.getKey()), false, extension.getValue().copy());
      }
      return Certificates.parse(builder.build(new Signer(issuerKey.getPrivate())).getEncoded());
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Signer implements ContentSigner {
    private final Signature signature;
    private final boolean isRsa;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Signer(PrivateKey key) throws GeneralSecurityException {
      isRsa = key.getAlgorithm().equals("RSA");
      signature = Signature.getInstance(isRsa ? "RSASSA-PSS" : "SHA384withECDSA");
      if (isRsa) {
        signature.setParameter(
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1));
      }
      signature.initSign(key);
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return isRsa ? PSS : ECDSA;
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      try {
        signature.update(content.toByteArray());
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }
}
