package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Signature;
import io.teex.protocol.SigningDomain;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.TypedMessage;
import tools.jackson.databind.JsonNode;

/** Typed data that another program signs, and whose signature is looked at before it is used. */
final class TypedElsewhere {
  private static final String METHOD = "eth_signTypedData_v4";
  private static final int RECOVERY_BASE = 27;

  private TypedElsewhere() {}

  /**
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the signer does not answer; {@code
   *     PERMISSION_DENIED} if it refuses; {@code SIGNATURE_INVALID} if it signed something else
   */
  static Signature ask(ExternalSigner signer, SigningDomain domain, Record value) {
    String what = value.getClass().getSimpleName();
    JsonNode answer =
        signer.ask(what, METHOD, signer.account().toString(), TypedMessage.describe(domain, value));
    Address by;
    try {
      Signature signature = new Signature(usual(Hex.data(answer.asString(""))));
      by = signature.recover(TypedData.hash(domain.separator(), value));
      if (by.equals(signer.account())) {
        return signature;
      }
    } catch (IllegalArgumentException e) {
      throw signer.wrong(what, "what it answered is no signature");
    } catch (TeexException e) {
      throw signer.wrong(what, String.valueOf(e.getMessage()));
    }
    throw signer.wrong(what, "it signed something else, or with another key: it recovers to " + by);
  }

  /** Ledgers and some libraries tell the parity as 0 or 1; every contract wants 27 or 28. */
  private static Bytes usual(Bytes signature) {
    if (signature.size() != Signature.SIZE) {
      return signature;
    }
    byte[] bytes = signature.copy();
    byte parity = bytes[Signature.SIZE - 1];
    if (parity == 0 || parity == 1) {
      bytes[Signature.SIZE - 1] = (byte) (RECOVERY_BASE + parity);
    }
    return Bytes.of(bytes);
  }
}
