package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.Signature;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A transaction that another program signs, and that is looked at before it is sent. */
final class SignedElsewhere {
  private static final String WHAT = "a transaction";
  private static final int SIGNATURE_FIELDS = 3;
  private static final int RECOVERY_BASE = 27;

  private SignedElsewhere() {}

  /**
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the signer does not answer; {@code
   *     PERMISSION_DENIED} if it refuses; {@code SIGNATURE_INVALID} if it signed something else
   */
  static Transaction.Raw ask(ExternalSigner signer, Transaction transaction) {
    Address account = signer.account();
    JsonNode answer = signer.ask(WHAT, "eth_signTransaction", describe(account, transaction));
    // Web3Signer and anvil answer with the bytes, geth and clef with an object that has them.
    String raw = answer.isObject() ? answer.path("raw").asString("") : answer.asString("");
    try {
      return checked(account, transaction, Hex.data(raw));
    } catch (IllegalArgumentException e) {
      throw signer.wrong(WHAT, String.valueOf(e.getMessage()));
    } catch (TeexException e) {
      throw signer.wrong(WHAT, "what it answered is no transaction");
    }
  }

  private static Map<String, Object> describe(Address account, Transaction transaction) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("type", Hex.quantity(transaction.type()));
    described.put("chainId", Hex.quantity(transaction.chainId()));
    described.put("from", account.toString());
    if (transaction.to() != null) {
      described.put("to", transaction.to().toString());
    }
    described.put("nonce", Hex.quantity(transaction.nonce()));
    described.put("gas", Hex.quantity(transaction.gas()));
    described.put("maxFeePerGas", Hex.quantity(transaction.feeMax()));
    described.put("maxPriorityFeePerGas", Hex.quantity(transaction.tip()));
    described.put("value", Hex.quantity(transaction.value()));
    described.put("data", transaction.data().toString());
    described.put("accessList", List.of());
    if (!transaction.blobs().isEmpty()) {
      described.put("maxFeePerBlobGas", Hex.quantity(transaction.blobs().feeMax()));
      described.put(
          "blobVersionedHashes",
          transaction.blobs().versionedHashes().stream().map(Bytes32::toString).toList());
    }
    return described;
  }

  /**
   * @throws IllegalArgumentException if it is another transaction, or signed by somebody else
   */
  static Transaction.Raw checked(Address account, Transaction transaction, Bytes raw) {
    if (raw.isEmpty() || raw.slice(0, 1).copy()[0] != transaction.type()) {
      throw new IllegalArgumentException("it signed another kind of transaction");
    }
    List<RlpItem> items = RlpItem.decode(raw.slice(1, raw.size())).list();
    List<byte[]> fields = transaction.fields();
    if (items.size() != fields.size() + SIGNATURE_FIELDS) {
      throw new IllegalArgumentException("it signed a transaction of another form");
    }
    for (int i = 0; i < fields.size(); i++) {
      if (!items.get(i).encoded().equals(Bytes.of(fields.get(i)))) {
        throw new IllegalArgumentException(
            "it changed field %d of %d of it".formatted(i + 1, fields.size()));
      }
    }
    BigInteger parity = items.get(fields.size()).number();
    Signature signature =
        new Signature(
            Bytes.concat(
                StorageLayout.word(items.get(fields.size() + 1).number()).value(),
                StorageLayout.word(items.get(fields.size() + 2).number()).value(),
                Bytes.of((byte) (RECOVERY_BASE + parity.byteValue()))));
    Bytes32 digest = transaction.digest();
    if (!signature.recover(digest).equals(account)) {
      throw new IllegalArgumentException("another account signed it");
    }
    return new Transaction.Raw(raw, Keccak.hash(raw.copy()));
  }
}
