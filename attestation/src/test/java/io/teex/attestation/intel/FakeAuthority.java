package io.teex.attestation.intel;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A name and a key that issue certificates and revocation lists as Intel's authorities do. */
record FakeAuthority(String name, KeyPair key) {
  static FakeAuthority of(String commonName) {
    return new FakeAuthority("CN=" + commonName + ",O=Intel Corporation", FakePlatform.newKey());
  }

  X509CertificateHolder issue(Certificate wanted) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              new X500Name(name),
              wanted.serial(),
              Date.from(wanted.window().from()),
              Date.from(wanted.window().to()),
              new X500Name(wanted.subject()),
              SubjectPublicKeyInfo.getInstance(wanted.key().getEncoded()));
      builder.addExtension(
          Extension.basicConstraints,
          true,
          wanted.authority() ? new BasicConstraints(1) : new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(wanted.usage()));
      wanted.change().apply(builder);
      return builder.build(signer(key.getPrivate()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  interface CertificateChange {
    void apply(X509v3CertificateBuilder builder) throws IOException;
  }

  /** What a certificate is to say; {@code change} adds what else is in it. */
  record Certificate(
      String subject,
      PublicKey key,
      BigInteger serial,
      Window window,
      boolean authority,
      int usage,
      CertificateChange change) {
    static Certificate ofAuthority(FakeAuthority of, BigInteger serial) {
      return new Certificate(
          of.name(),
          of.key().getPublic(),
          serial,
          FakePlatform.WINDOW,
          true,
          KeyUsage.keyCertSign | KeyUsage.cRLSign,
          builder -> {});
    }

    static Certificate ofSigner(String subject, PublicKey key, BigInteger serial) {
      return new Certificate(
          subject,
          key,
          serial,
          FakePlatform.WINDOW,
          false,
          KeyUsage.digitalSignature,
          builder -> {});
    }

    Certificate withWindow(Window other) {
      return new Certificate(subject, key, serial, other, authority, usage, change);
    }

    Certificate withAuthority(boolean other) {
      return new Certificate(subject, key, serial, window, other, usage, change);
    }

    Certificate withUsage(int other) {
      return new Certificate(subject, key, serial, window, authority, other, change);
    }

    Certificate withSubject(String other) {
      return new Certificate(other, key, serial, window, authority, usage, change);
    }

    Certificate withKey(PublicKey other) {
      return new Certificate(subject, other, serial, window, authority, usage, change);
    }

    Certificate with(CertificateChange more) {
      return new Certificate(
          subject,
          key,
          serial,
          window,
          authority,
          usage,
          builder -> {
            change.apply(builder);
            more.apply(builder);
          });
    }
  }

  byte[] crl(Window window, BigInteger... revoked) {
    return crl(window, builder -> {}, revoked);
  }

  interface CrlChange {
    void apply(X509v2CRLBuilder builder) throws IOException;
  }

  byte[] crl(Window window, CrlChange change, BigInteger... revoked) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(new X500Name(name), Date.from(window.from()));
      builder.setNextUpdate(Date.from(window.to()));
      for (BigInteger serial : revoked) {
        builder.addCRLEntry(serial, Date.from(window.from()), CRLReason.keyCompromise);
      }
      change.apply(builder);
      return builder.build(signer(key.getPrivate())).getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    } catch (OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  static Window year(Instant now) {
    return new Window(now.minusSeconds(86_400 * 180L), now.plusSeconds(86_400 * 180L));
  }
}
