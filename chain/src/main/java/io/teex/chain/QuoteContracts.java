package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TypedData;

/**
 * Where the contracts are that judge quotes of SGX and TDX. Nobody owns them, so several markets of
 * one chain may share them.
 *
 * @param certificates certificates and revocation lists, see {@link CertificateStore}
 * @param tcb Intel's documents about TCB levels, see {@link TcbStore}
 * @param verifier see {@link QuoteVerifier}
 */
public record QuoteContracts(Address certificates, Address tcb, Address verifier) {
  private record Root(Bytes32 x, Bytes32 y) {}

  private record OneArgument(Address certificates) {}

  private record TwoArguments(Address certificates, Address tcb) {}

  /**
   * Deploys all three, in three transactions.
   *
   * @param root x ‖ y of the key that everything they believe leads up to: Intel's
   */
  public static QuoteContracts deploy(TransactionSender sender, Bytes root) {
    if (root.size() != 2 * Bytes32.SIZE) {
      throw new IllegalArgumentException("a root key has 64 bytes, not " + root.size());
    }
    Address certificates =
        create(
            sender,
            "CertificateStore",
            new Root(
                Bytes32.of(root.slice(0, Bytes32.SIZE).copy()),
                Bytes32.of(root.slice(Bytes32.SIZE, 2 * Bytes32.SIZE).copy())));
    Address tcb = create(sender, "TcbStore", new OneArgument(certificates));
    Address verifier = create(sender, "QuoteVerifier", new TwoArguments(certificates, tcb));
    return new QuoteContracts(certificates, tcb, verifier);
  }

  private static Address create(TransactionSender sender, String contract, Record arguments) {
    return sender.create(
        "deploying " + contract,
        Bytes.concat(
            ContractArtifact.load(contract).bytecode(),
            Bytes.of(TypedData.encodeArguments(arguments))));
  }
}
