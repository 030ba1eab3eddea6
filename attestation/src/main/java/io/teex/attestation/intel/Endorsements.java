package io.teex.attestation.intel;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Ecdsa;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Verifies what Intel and the platform's key signed, once for the same bytes. Nothing in here
 * depends on the time: windows and revocation are asked anew for every quote.
 */
final class Endorsements {
  /** Of machines there are many, of documents one for each kind of machine and each month. */
  private static final int PLATFORMS_MAX = 4_096;

  private static final int DOCUMENTS_MAX = 256;

  private final PublicKey root;
  private final Recent<Bytes32, PckChain> chains = new Recent<>(PLATFORMS_MAX);
  private final Recent<Bytes32, Bytes> qeReports = new Recent<>(PLATFORMS_MAX);
  private final Recent<Bytes32, Crl> crls = new Recent<>(DOCUMENTS_MAX);
  private final Recent<Bytes32, SignedDocument<TcbInfo>> tcbInfos = new Recent<>(DOCUMENTS_MAX);
  private final Recent<Bytes32, SignedDocument<QeIdentity>> qeIdentities =
      new Recent<>(DOCUMENTS_MAX);

  Endorsements(PublicKey root) {
    this.root = root;
  }

  PckChain pckChain(Bytes pem) throws Refused {
    return chains.get(Sha256.hash(pem.copy()), () -> PckChain.verify(pem, root));
  }

  /** That the platform's key signed the report of the quoting enclave. */
  Bytes qeReport(PckChain chain, QuoteSignature quote) throws Refused {
    byte[] key = chain.key().copy();
    byte[] report = quote.signedQeReport().copy();
    byte[] signature = quote.qeReportSignature().copy();
    return qeReports.get(
        Sha256.hash(key, report, signature), // Each has one size only.
        () -> {
          if (!Ecdsa.P256_SHA256.verify(key, report, signature)) {
            throw new Refused(
                Reason.QE_SIGNATURE_INVALID,
                "the PCK key did not sign the report of the quoting enclave");
          }
          return quote.signedQeReport();
        });
  }

  Crl rootCrl(Collateral collateral) throws Refused {
    return crl(find(collateral, CollateralName.ROOT_CA_CRL, Reason.CRL_MISSING), root, "root CRL");
  }

  /** The list of the authority that issued the platform's certificate. */
  Crl pckCrl(Collateral collateral, X509Certificate issuer) throws Refused {
    Crl crl =
        crl(
            find(collateral, CollateralName.PCK_CRL, Reason.CRL_MISSING),
            issuer.getPublicKey(),
            "PCK CRL");
    if (!crl.issuer().equals(issuer.getSubjectX500Principal())) {
      throw new Refused(
          Reason.COLLATERAL_MISMATCH,
          "the PCK CRL is of %s, the certificate of %s"
              .formatted(crl.issuer(), issuer.getSubjectX500Principal()));
    }
    return crl;
  }

  PckAuthority pckCrlIssuer(Collateral collateral) throws Refused {
    return PckAuthority.verify(
        find(collateral, CollateralName.PCK_CRL_ISSUER_CHAIN, Reason.CRL_MISSING), root);
  }

  private Crl crl(Bytes der, PublicKey issuer, String what) throws Refused {
    // The key in front always has the same size, so the two cannot run into each other.
    return crls.get(
        Sha256.hash(issuer.getEncoded(), der.copy()), () -> Crl.verify(der, issuer, what));
  }

  SignedDocument<TcbInfo> tcbInfo(Collateral collateral) throws Refused {
    return signed(
        tcbInfos,
        TcbInfo::parse,
        collateral,
        List.of(
            CollateralName.TCB_INFO_ISSUER_CHAIN,
            CollateralName.TCB_INFO,
            CollateralName.TCB_INFO_SIGNATURE));
  }

  SignedDocument<QeIdentity> qeIdentity(Collateral collateral) throws Refused {
    return signed(
        qeIdentities,
        QeIdentity::parse,
        collateral,
        List.of(
            CollateralName.QE_IDENTITY_ISSUER_CHAIN,
            CollateralName.QE_IDENTITY,
            CollateralName.QE_IDENTITY_SIGNATURE));
  }

  private <T extends SignedDocument.Dated> SignedDocument<T> signed(
      Recent<Bytes32, SignedDocument<T>> cache,
      SignedDocument.Parser<T> parser,
      Collateral collateral,
      List<String> names)
      throws Refused {
    Bytes chain = find(collateral, names.get(0), Reason.COLLATERAL_MISSING);
    Bytes text = find(collateral, names.get(1), Reason.COLLATERAL_MISSING);
    Bytes signature = find(collateral, names.get(2), Reason.COLLATERAL_MISSING);
    byte[] sizes =
        "%d %d ".formatted(chain.size(), text.size()).getBytes(StandardCharsets.US_ASCII);
    Bytes32 key = Sha256.hash(sizes, chain.copy(), text.copy(), signature.copy());
    return cache.get(key, () -> SignedDocument.verify(chain, text, signature, root, parser));
  }

  private static Bytes find(Collateral collateral, String name, Reason missing) throws Refused {
    return collateral
        .find(name)
        .orElseThrow(() -> new Refused(missing, "there is no %s".formatted(name)));
  }
}
