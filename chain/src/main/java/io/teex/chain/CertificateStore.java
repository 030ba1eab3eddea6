package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.TypedData;
import java.util.Optional;

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
   * @param pem as {@link QuoteVerifier#pckChain} says
   * @return empty if it is there already
   */
  public Optional<Mined> postPlatform(TransactionSender sender, Bytes pem) {
    return post(
        sender,
        "posting a platform's certificates",
        TypedData.encodeCall("postPlatform", new Pem(pem)),
        "PlatformKnown");
  }

  /**
   * Posts the revocation list of an authority that issues PCK certificates.
   *
   * @param crl DER
   * @param pem the authority's certificate and the root's
   * @return empty if the list that is there is not older
   */
  public Optional<Mined> postPckCrl(TransactionSender sender, Bytes crl, Bytes pem) {
    return post(
        sender,
        "posting an authority's revocation list",
        TypedData.encodeCall("postPckCrl", new PckCrl(crl, pem)),
        "RevocationListNotNewer");
  }

  /**
   * Posts the root's revocation list, in DER.
   *
   * @return empty if the list that is there is not older
   */
  public Optional<Mined> postRootCrl(TransactionSender sender, Bytes crl) {
    return post(
        sender,
        "posting the root's revocation list",
        TypedData.encodeCall("postRootCrl", new RootCrl(crl)),
        "RevocationListNotNewer");
  }

  private Optional<Mined> post(
      TransactionSender sender, String what, Bytes call, String knownAlready) {
    return sendUnless(sender, what, call, knownAlready);
  }
}
