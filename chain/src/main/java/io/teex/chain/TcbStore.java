package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.TypedData;
import java.util.Optional;

/** Intel's documents about TCB levels, which anybody may post. */
public final class TcbStore extends Contract {
  /**
   * A document as Intel's service sends it.
   *
   * @param text the signed object, byte for byte
   * @param signature r ‖ s
   * @param pem the certificates of the signer and of the root
   */
  public record Document(Bytes text, Bytes signature, Bytes pem) {}

  public TcbStore(ChainReader chain, Address address) {
    super(chain, address);
  }

  /**
   * Posts the TCB information of a kind of platform.
   *
   * @return empty if what is there is not older
   */
  public Optional<Mined> postTcbInfo(TransactionSender sender, Document document) {
    return post(
        sender,
        "posting TCB information",
        TypedData.encodeCall("postTcbInfo", document),
        "DocumentNotNewer");
  }

  /**
   * Posts the identity of the quoting enclaves for a kind of TEE.
   *
   * @return empty if what is there is not older
   */
  public Optional<Mined> postQeIdentity(TransactionSender sender, Document document) {
    return post(
        sender,
        "posting a QE identity",
        TypedData.encodeCall("postQeIdentity", document),
        "DocumentNotNewer");
  }

  private Optional<Mined> post(
      TransactionSender sender, String what, Bytes call, String knownAlready) {
    return sendUnless(sender, what, call, knownAlready);
  }
}
