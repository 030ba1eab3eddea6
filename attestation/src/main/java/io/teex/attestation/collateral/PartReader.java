package io.teex.attestation.collateral;

import io.teex.attestation.Certificates;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Json;
import io.teex.attestation.JsonObject;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads how long the documents of a part hold, and whether they say to be the ones that were asked
 * for. Who signed them is the {@link CollateralCheck}'s question. Used for what comes from the
 * service and from the disk alike.
 */
final class PartReader {
  private static final int CHAIN_MAX = 4;

  private PartReader() {}

  static Life read(Part part, Map<String, Bytes> documents) throws PartFailure {
    try {
      return switch (part) {
        case Part.TcbInfo tcb -> tcbInfo(tcb, documents);
        case Part.QeIdentity qe -> qeIdentity(qe, documents);
        case Part.PckCrl crl ->
            earlier(crl(crl, documents), require(documents, CollateralName.PCK_CRL_ISSUER_CHAIN));
        case Part.RootCaCrl crl -> crl(crl, documents);
        case Part.Vcek vcek -> vcek(documents);
        case Part.VekChain chain -> vekChain(chain, documents);
        case Part.VekCrl crl -> crl(crl, documents);
      };
    } catch (GeneralSecurityException | RuntimeException e) {
      // The parsers of certificates throw more than they declare.
      throw PartFailure.malformed("unreadable: " + Shown.of(String.valueOf(e.getMessage())));
    }
  }

  private static Life tcbInfo(Part.TcbInfo part, Map<String, Bytes> documents)
      throws PartFailure, CertificateException {
    JsonObject json = text(part, documents);
    requireSame("TCB info's id", json.text("id"), part.kind().name());
    requireSame("TCB info's version", version(json), "3");
    requireSame("TCB info's fmspc", json.text("fmspc"), part.fmspc().toHex());
    return life(part, json, documents);
  }

  private static Life qeIdentity(Part.QeIdentity part, Map<String, Bytes> documents)
      throws PartFailure, CertificateException {
    JsonObject json = text(part, documents);
    requireSame("QE identity's id", json.text("id"), part.kind() == TeeKind.SGX ? "QE" : "TD_QE");
    requireSame("QE identity's version", version(json), "2");
    return life(part, json, documents);
  }

  private static JsonObject text(Part.Signed part, Map<String, Bytes> documents)
      throws PartFailure {
    return Json.parse(
        require(documents, part.document()).copy(), part.property(), ErrorCode.MALFORMED);
  }

  private static String version(JsonObject json) {
    return Long.toString(json.number("version", Long.MAX_VALUE));
  }

  private static Life life(Part.Signed part, JsonObject json, Map<String, Bytes> documents)
      throws PartFailure, CertificateException {
    Life life =
        new Life(
            json.instant("issueDate"),
            json.instant("nextUpdate"),
            json.number("tcbEvaluationDataNumber", Integer.MAX_VALUE));
    return earlier(life, require(documents, part.issuerChain()));
  }

  private static void requireSame(String what, String seen, String expected) throws PartFailure {
    if (!seen.toLowerCase(Locale.ROOT).equals(expected.toLowerCase(Locale.ROOT))) {
      throw PartFailure.mismatch(
          "the %s is %s, expected %s".formatted(what, Shown.of(seen), expected));
    }
  }

  private static Life crl(Part.Crl part, Map<String, Bytes> documents)
      throws PartFailure, GeneralSecurityException {
    X509CRL crl = X509.crl(require(documents, part.document()));
    String issuer = X509.commonName(crl.getIssuerX500Principal());
    if (!issuer.equals(part.issuer())) {
      throw PartFailure.mismatch(
          "the revocation list is of %s, expected that of %s"
              .formatted(Shown.of(issuer), part.issuer()));
    }
    if (crl.getNextUpdate() == null) {
      throw PartFailure.malformed("the revocation list does not say when the next one comes");
    }
    return new Life(crl.getThisUpdate().toInstant(), crl.getNextUpdate().toInstant(), 0);
  }

  private static Life vcek(Map<String, Bytes> documents) throws PartFailure, CertificateException {
    X509Certificate vcek = Certificates.parse(require(documents, CollateralName.VEK).copy());
    return new Life(vcek.getNotBefore().toInstant(), vcek.getNotAfter().toInstant(), 0);
  }

  private static Life vekChain(Part.VekChain part, Map<String, Bytes> documents)
      throws PartFailure, CertificateException {
    List<X509Certificate> chain = chain(require(documents, CollateralName.VEK_ISSUER_CHAIN));
    String root = X509.commonName(chain.getLast().getSubjectX500Principal());
    if (!root.equals("ARK-" + part.product().name())) {
      throw PartFailure.mismatch(
          "the chain ends in %s, expected ARK-%s".formatted(Shown.of(root), part.product().name()));
    }
    Instant begin = chain.getFirst().getNotBefore().toInstant();
    return new Life(begin, end(chain), 0);
  }

  /** A signed document holds no longer than the certificates of its signer. */
  private static Life earlier(Life life, Bytes issuerChain)
      throws PartFailure, CertificateException {
    Instant end = end(chain(issuerChain));
    return end.isBefore(life.expires()) ? new Life(life.issued(), end, life.evaluation()) : life;
  }

  private static List<X509Certificate> chain(Bytes document)
      throws PartFailure, CertificateException {
    List<X509Certificate> chain = X509.certificates(document, CHAIN_MAX);
    if (chain.isEmpty()) {
      throw PartFailure.malformed("an issuer chain without certificates");
    }
    return chain;
  }

  private static Instant end(List<X509Certificate> chain) {
    Instant end = Instant.MAX;
    for (X509Certificate certificate : chain) {
      Instant notAfter = certificate.getNotAfter().toInstant();
      end = notAfter.isBefore(end) ? notAfter : end;
    }
    return end;
  }

  private static Bytes require(Map<String, Bytes> documents, String name) throws PartFailure {
    Bytes document = documents.get(name);
    if (document == null) {
      throw PartFailure.malformed(name + " is not there");
    }
    return document;
  }
}
