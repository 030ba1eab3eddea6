package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.TypedData;

/** Certificates and revocation lists of SGX and TDX platforms, which anybody may post. */
public final class CertificateStore extends Contract {
  private record Pem(Bytes pem) {}

  private record RootCrl(Bytes crl) {}

  private record PckCrl(Bytes crl, Bytes pem) {}

  public CertificateStore(ChainReader chain, Address address) {
    super(chain, address);
  }

  /**
   * Posts the chain of a platform, so that its quotes can be judged.
   *
   * @param pem exactly the certification data (type 5) of a quote
   */
  public Mined postPlatform(TransactionSender sender, Bytes pem) {
    return send(
        sender,
        "posting a platform's certificates",
        TypedData.encodeCall("postPlatform", new Pem(pem)));
  }

  /**
   * Posts the revocation list of an authority that issues PCK certificates.
   *
   * @param crl DER
   * @param pem the authority's certificate and the root's
   */
  public Mined postPckCrl(TransactionSender sender, Bytes crl, Bytes pem) {
    return send(
        sender,
        "posting an authority's revocation list",
        TypedData.encodeCall("postPckCrl", new PckCrl(crl, pem)));
  }

  /** Posts the root's revocation list, in DER. */
  public Mined postRootCrl(TransactionSender sender, Bytes crl) {
    return send(
        sender,
        "posting the root's revocation list",
        TypedData.encodeCall("postRootCrl", new RootCrl(crl)));
  }
}
