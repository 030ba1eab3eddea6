package io.teex.attestation.intel;

import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * What a PCK certificate says about its platform.
 *
 * @param ppid tells platforms apart; 16 bytes
 * @param components the SVNs of the platform's 16 TCB components
 * @param pceSvn of the provisioning certification enclave
 * @param cpuSvn the same TCB as the processor writes it; 16 bytes
 * @param pceId 2 bytes
 * @param fmspc the kind of platform, by which its TCB information is found; 6 bytes
 * @param sgxType 0 standard, 1 scalable, 2 scalable with integrity
 */
record PckExtension(
    Bytes ppid,
    List<Integer> components,
    int pceSvn,
    Bytes cpuSvn,
    Bytes pceId,
    Bytes fmspc,
    int sgxType) {
  static final String OID = "1.2.840.113741.1.13.1";
  static final int COMPONENTS = 16;

  private static final String TCB = OID + ".2";
  private static final String PCE_SVN = TCB + ".17";
  private static final String CPU_SVN = TCB + ".18";

  /** Of the Platform CA: platform instance id and configuration, which nothing here depends on. */
  private static final Set<String> OPTIONAL = Set.of(OID + ".6", OID + ".7");

  PckExtension {
    components = List.copyOf(components);
  }

  /**
   * @throws Refused {@code CERTIFICATE_INVALID} if it is missing or not exactly as specified
   */
  static PckExtension of(X509Certificate certificate) throws Refused {
    byte[] wrapped = certificate.getExtensionValue(OID);
    if (wrapped == null) {
      throw invalid("is missing");
    }
    try {
      byte[] der = ASN1OctetString.getInstance(wrapped).getOctets();
      ASN1Primitive value = ASN1Primitive.fromByteArray(der);
      // Of no bytes at all the library makes no value instead of complaining.
      if (value == null || !Arrays.equals(value.getEncoded(ASN1Encoding.DER), der)) {
        throw invalid("is not DER");
      }
      return parse(value);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      // The latter two are how the ASN.1 library complains about what it reads late.
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  private static PckExtension parse(ASN1Encodable value) throws Refused {
    Map<String, ASN1Encodable> fields = fields(value);
    Map<String, ASN1Encodable> tcb = fields(take(fields, TCB));
    List<Integer> components = new ArrayList<>();
    for (int i = 1; i <= COMPONENTS; i++) {
      components.add(number(tcb, TCB + "." + i, 0xff));
    }
    PckExtension extension =
        new PckExtension(
            octets(fields, OID + ".1", 16),
            components,
            number(tcb, PCE_SVN, 0xffff),
            octets(tcb, CPU_SVN, 16),
            octets(fields, OID + ".3", 2),
            octets(fields, OID + ".4", 6),
            enumerated(fields, OID + ".5", 2));
    fields.keySet().removeAll(OPTIONAL);
    if (!fields.isEmpty() || !tcb.isEmpty()) {
      throw invalid("has unknown fields %s %s".formatted(fields.keySet(), tcb.keySet()));
    }
    return extension;
  }

  /** A SEQUENCE of SEQUENCE {OID, value}, each OID once. */
  private static Map<String, ASN1Encodable> fields(ASN1Encodable value) throws Refused {
    if (!(value instanceof ASN1Sequence sequence)) {
      throw invalid("is no sequence");
    }
    Map<String, ASN1Encodable> fields = new HashMap<>();
    for (ASN1Encodable element : sequence) {
      if (!(element instanceof ASN1Sequence pair)
          || pair.size() != 2
          || !(pair.getObjectAt(0) instanceof ASN1ObjectIdentifier oid)
          || fields.put(oid.getId(), pair.getObjectAt(1)) != null) {
        throw invalid("has a field that is no pair of an OID and a value, or is there twice");
      }
    }
    return fields;
  }

  private static ASN1Encodable take(Map<String, ASN1Encodable> fields, String oid) throws Refused {
    ASN1Encodable value = fields.remove(oid);
    if (value == null) {
      throw invalid("has no field " + oid);
    }
    return value;
  }

  private static Bytes octets(Map<String, ASN1Encodable> fields, String oid, int size)
      throws Refused {
    if (take(fields, oid) instanceof ASN1OctetString octets && octets.getOctetsLength() == size) {
      return Bytes.of(octets.getOctets());
    }
    throw invalid("field %s is not %d octets".formatted(oid, size));
  }

  private static int number(Map<String, ASN1Encodable> fields, String oid, int max) throws Refused {
    if (take(fields, oid) instanceof ASN1Integer number) {
      return bounded(number.getValue(), oid, max);
    }
    throw invalid("field %s is no integer".formatted(oid));
  }

  private static int enumerated(Map<String, ASN1Encodable> fields, String oid, int max)
      throws Refused {
    if (take(fields, oid) instanceof ASN1Enumerated number) {
      return bounded(number.getValue(), oid, max);
    }
    throw invalid("field %s is no enumerated value".formatted(oid));
  }

  private static int bounded(BigInteger value, String oid, int max) throws Refused {
    if (value.signum() < 0 || value.compareTo(BigInteger.valueOf(max)) > 0) {
      throw invalid("field %s is %s, expected 0 to %d".formatted(oid, value, max));
    }
    return value.intValue();
  }

  private static Refused invalid(String what) {
    return new Refused(
        Reason.CERTIFICATE_INVALID, "PCK certificate: extension %s %s".formatted(OID, what));
  }
}
