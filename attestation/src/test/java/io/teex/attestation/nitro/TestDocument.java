package io.teex.attestation.nitro;

import io.teex.attestation.testing.TestAuthority;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A document of a hypervisor whom nobody trusts but a test; changes are signed anew. */
final class TestDocument {
  private final KeyPair enclaveKey;
  private final TestAuthority root;
  private final TestAuthority authority;
  private final Map<String, Bytes> members;
  private final Map<Integer, Bytes> pcrs;

  TestDocument() {
    enclaveKey = TestAuthority.p384();
    root = TestAuthority.root("CN=aws.nitro-enclaves", TestAuthority.p384());
    authority = root.authority("CN=i-0.nitro-enclaves", TestAuthority.p384(), 2);
    members = new LinkedHashMap<>();
    pcrs = new TreeMap<>();
    for (int i = 0; i < 16; i++) {
      pcrs.put(i, pcr(i));
    }
    X509Certificate enclave = authority.issue("CN=enclave", enclaveKey.getPublic(), Map.of());
    members.put("module_id", text("i-0-enc0"));
    members.put("digest", text("SHA384"));
    members.put("timestamp", head(0, 1_772_366_400_000L));
    members.put("pcrs", map(pcrs));
    members.put("certificate", octets(der(enclave)));
    members.put("cabundle", list(octets(root()), octets(authorityDer())));
    members.put("public_key", octets(Bytes.EMPTY));
    members.put("user_data", octets(Bytes.EMPTY));
    members.put("nonce", octets(Bytes.EMPTY));
  }

  private TestDocument(TestDocument other, KeyPair enclaveKey, Map<String, Bytes> members) {
    this.enclaveKey = enclaveKey;
    this.root = other.root;
    this.authority = other.authority;
    this.pcrs = other.pcrs;
    this.members = members;
  }

  Bytes root() {
    return der(root.certificate());
  }

  Bytes authorityDer() {
    return der(authority.certificate());
  }

  static Bytes pcr(int index) {
    byte[] value = new byte[48];
    Arrays.fill(value, (byte) (index + 1));
    return Bytes.of(value);
  }

  TestDocument with(String name, Bytes value) {
    Map<String, Bytes> changed = new LinkedHashMap<>(members);
    changed.put(name, value);
    return new TestDocument(this, enclaveKey, changed);
  }

  TestDocument without(String name) {
    Map<String, Bytes> changed = new LinkedHashMap<>(members);
    changed.remove(name);
    return new TestDocument(this, enclaveKey, changed);
  }

  TestDocument withPcr(int index, Bytes value) {
    Map<Integer, Bytes> changed = new TreeMap<>(pcrs);
    changed.put(index, value);
    return with("pcrs", map(changed));
  }

  /** By a key whose certificate an enclave issued, as if it were an authority. */
  TestDocument signedByAnEnclave() {
    KeyPair key = TestAuthority.p384();
    X509Certificate issuer = authority.issue("CN=enclave", enclaveKey.getPublic(), Map.of());
    X509Certificate forged =
        TestAuthority.root("CN=enclave", enclaveKey).issue("CN=x", key.getPublic(), Map.of());
    TestDocument changed =
        with("certificate", octets(der(forged)))
            .with("cabundle", list(octets(root()), octets(authorityDer()), octets(der(issuer))));
    return new TestDocument(changed, key, changed.members);
  }

  Bytes encoded() {
    return encoded(Bytes.fromHex("a1013822"), "a0");
  }

  Bytes encoded(Bytes protectedHeader, String unprotectedHex) {
    return signed(payload(), protectedHeader, unprotectedHex);
  }

  /** What is signed, besides the headers. */
  Bytes payload() {
    List<Bytes> parts = new ArrayList<>();
    members.forEach((name, value) -> {
      parts.add(text(name));
      parts.add(value);
    });
    return Bytes.concat(head(5, members.size()), Bytes.concat(parts.toArray(Bytes[]::new)));
  }

  /** A document of any payload. */
  Bytes signed(Bytes content) {
    return signed(content, Bytes.fromHex("a1013822"), "a0");
  }

  private Bytes signed(Bytes content, Bytes protectedHeader, String unprotectedHex) {
    Bytes payload = octets(content);
    Bytes signed =
        Bytes.concat(
            head(4, 4), text("Signature1"), octets(protectedHeader), octets(Bytes.EMPTY), payload);
    return list(
        octets(protectedHeader), Bytes.fromHex(unprotectedHex), payload, octets(sign(signed)));
  }

  private Bytes sign(Bytes message) {
    try {
      Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
      signature.initSign(enclaveKey.getPrivate());
      signature.update(message.copy());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes octets(Bytes value) {
    return Bytes.concat(head(2, value.size()), value);
  }

  static Bytes text(String value) {
    Bytes utf8 = Bytes.of(value.getBytes(StandardCharsets.UTF_8));
    return Bytes.concat(head(3, utf8.size()), utf8);
  }

  static Bytes list(Bytes... items) {
    return Bytes.concat(head(4, items.length), Bytes.concat(items));
  }

  private static Bytes map(Map<Integer, Bytes> entries) {
    List<Bytes> parts = new ArrayList<>();
    entries.forEach((key, value) -> {
      parts.add(head(0, key));
      parts.add(octets(value));
    });
    return Bytes.concat(head(5, entries.size()), Bytes.concat(parts.toArray(Bytes[]::new)));
  }

  private static Bytes head(int type, long argument) {
    if (argument < 24) {
      return Bytes.of((byte) (type << 5 | argument));
    }
    // COSE signs over the shortest form of each length.
    int size = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : 8;
    int information = argument < 0x100 ? 24 : argument < 0x1_0000 ? 25 : 27;
    Bytes number = Bytes.of(ByteBuffer.allocate(8).putLong(argument).array());
    return Bytes.concat(Bytes.of((byte) (type << 5 | information)), number.slice(8 - size, 8));
  }

  private static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
