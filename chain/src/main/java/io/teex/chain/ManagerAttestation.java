package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.time.Duration;

/** Quotes by which managers prove on chain what they run; anybody may post them. */
public final class ManagerAttestation extends Contract {
  private record Attest(Address key, BigInteger blockNumber, Bytes quote) {}

  private record OfKey(Address key) {}

  private record Statement(Address key, Bytes32 blockHash) {}

  private record Text(Bytes value) {}

  private record Arguments(Address owner, Address registry, Address verifier, long life) {}

  public ManagerAttestation(ChainReader chain, Address address) {
    super(chain, address);
  }

  /**
   * Deploys it. A registry asks it only if it was itself deployed with the address that this will
   * get.
   *
   * @param owner governance, who says which TCB evaluation is late enough
   * @param life how long a quote counts at most; whole seconds
   */
  public static Address deploy(
      TransactionSender sender, Address owner, Address registry, Address verifier, Duration life) {
    return sender.create(
        "deploying ManagerAttestation",
        Bytes.concat(
            ContractArtifact.load("ManagerAttestation").bytecode(),
            Bytes.of(
                TypedData.encodeArguments(
                    new Arguments(owner, registry, verifier, life.toSeconds())))));
  }

  /**
   * Posts a manager's quote.
   *
   * @param blockNumber of the block whose hash the quote carries; at most 256 blocks ago
   */
  public Mined attest(TransactionSender sender, Address key, long blockNumber, Bytes quote) {
    return send(
        sender,
        "attesting the manager " + key,
        TypedData.encodeCall(
            "attestManager", new Attest(key, BigInteger.valueOf(blockNumber), quote)));
  }

  /** Whether the last quote of a key still counts. */
  public boolean isAttested(Address key) {
    return values(BoolValue.class, TypedData.encodeCall("isAttested", new OfKey(key))).value();
  }

  /** The 64 bytes that a quote for a key has to carry with the hash of a block. */
  public Bytes reportData(Address key, Bytes32 blockHash) {
    return values(Text.class, TypedData.encodeCall("reportData", new Statement(key, blockHash)))
        .value();
  }
}
