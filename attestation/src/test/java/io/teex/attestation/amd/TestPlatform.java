package io.teex.attestation.amd;

import io.teex.attestation.testing.TestAuthority;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;

/** A processor of a maker whom nobody trusts but a test. */
public final class TestPlatform {
  static final int VCEK = 0;
  static final int VLEK = 1;
  static final String PROVIDER = "CN=cc-nowhere.example.com";

  private static final KeyPair ROOT_KEY = TestAuthority.rsa();
  private static final KeyPair AUTHORITY_KEY = TestAuthority.rsa();
  private static final KeyPair PLATFORM_KEY = TestAuthority.p384();

  public final TestAuthority root;
  public final TestAuthority ask;
  final TestAuthority asvk;
  private final Product product;

  TestPlatform(Product product) {
    this(product, ROOT_KEY);
  }

  /** One of the same names under another key. */
  TestPlatform(Product product, KeyPair rootKey) {
    this(product, rootKey, AUTHORITY_KEY);
  }

  /** One of the same names under other keys. */
  public static TestPlatform lookAlike(Product product) {
    return new TestPlatform(product, LookAlikeKey.VALUE, LookAlikeKey.VALUE);
  }

  private static final class LookAlikeKey {
    static final KeyPair VALUE = TestAuthority.rsa();
  }

  private TestPlatform(Product product, KeyPair rootKey, KeyPair authorityKey) {
    this.product = product;
    root = TestAuthority.root(name("ARK-" + product.name()), rootKey);
    ask = root.authority(name("SEV-" + product.name()), authorityKey, 0x10);
    asvk = root.authority(name("SEV-VLEK-" + product.name()), authorityKey, 0x11);
  }

  private static String name(String commonName) {
    return "O=Advanced Micro Devices,CN=" + commonName;
  }

  /** What trusts the platform and knows the issuers of its certificates. */
  AmdRoots roots() {
    return new AmdRoots(
        Map.of(product, root.certificate()), List.of(ask.certificate(), asvk.certificate()));
  }

  /** What trusts the platform and knows nobody else. */
  AmdRoots rootAlone() {
    return new AmdRoots(Map.of(product, root.certificate()), List.of());
  }

  Bytes vcek() {
    return vcek(extensions -> {});
  }

  public Bytes vcek(Consumer<Map<String, Bytes>> change) {
    Map<String, Bytes> extensions = extensions();
    extensions.put(Vek.EXTENSIONS + ".4", chipId());
    change.accept(extensions);
    return encoded(ask.issue(name("SEV-VCEK"), PLATFORM_KEY.getPublic(), extensions));
  }

  Bytes vlek() {
    Map<String, Bytes> extensions = extensions();
    extensions.put(Vek.EXTENSIONS + ".5", text(PROVIDER));
    return encoded(asvk.issue(name("SEV-VLEK"), PLATFORM_KEY.getPublic(), extensions));
  }

  private Map<String, Bytes> extensions() {
    Map<String, Bytes> extensions = new LinkedHashMap<>();
    extensions.put(Vek.EXTENSIONS + ".1", number(product.equals(Product.TURIN) ? 1 : 0));
    extensions.put(Vek.EXTENSIONS + ".2", text(product.name()));
    for (TcbComponent component : product.tcb()) {
      extensions.put(Vek.EXTENSIONS + "." + component.extension(), number(level(component)));
    }
    return extensions;
  }

  /** Every component has a level of its own: 201 for that in byte 0, up to 208. */
  static int level(TcbComponent component) {
    return 201 + component.offset();
  }

  private Bytes chipId() {
    byte[] id = new byte[product.chipIdSize()];
    Arrays.fill(id, (byte) 0x77);
    return Bytes.of(id);
  }

  /** A report of an ordinary guest, signed. */
  Bytes report(int signingKey) {
    return report(signingKey, report -> {});
  }

  /**
   * @param change what is not as in an ordinary guest's report, before it is signed
   */
  Bytes report(int signingKey, Consumer<ByteBuffer> change) {
    ByteBuffer report = ByteBuffer.allocate(SnpReport.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    report.putInt(0x00, 3);
    report.putInt(0x04, 7);
    report.putLong(0x08, 0x3_0000);
    report.putInt(0x34, 1);
    report.putInt(0x48, signingKey << 2);
    report.putLong(0x40, 1);
    for (int offset : new int[] {0x38, 0x180, 0x1e0, 0x1f0}) {
      for (TcbComponent component : product.tcb()) {
        report.put(offset + component.offset(), (byte) level(component));
      }
    }
    report.put(0x188, (byte) (product.equals(Product.TURIN) ? 0x1a : 0x19));
    report.put(0x189, (byte) (product.equals(Product.GENOA) ? 0x11 : 0x01));
    if (signingKey == VCEK) {
      report.put(0x1a0, chipId().copy());
    }
    change.accept(report);
    sign(report.array());
    return Bytes.of(report.array());
  }

  /** Signs whatever stands there. */
  static void sign(byte[] report) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(PLATFORM_KEY.getPrivate());
      signature.update(report, 0, 0x2a0);
      byte[] signed = signature.sign();
      for (int i = 0; i < 48; i++) {
        report[0x2a0 + i] = signed[47 - i];
        report[0x2a0 + 72 + i] = signed[95 - i];
      }
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes number(int value) {
    try {
      return Bytes.of(new ASN1Integer(value).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes text(String value) {
    try {
      return Bytes.of(new DERIA5String(value).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes encoded(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
