package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;

/**
 * Where the contracts are that judge quotes of SGX and TDX. Nobody owns them, so several markets of
 * one chain may share them.
 *
 * @param certificates certificates and revocation lists, see {@link CertificateStore}
 * @param tcb Intel's documents about TCB levels, see {@link TcbStore}
 * @param verifier see {@link QuoteVerifier}
 */
public record QuoteContracts(Address certificates, Address tcb, Address verifier) {
  /** x ‖ y of the key of the Intel SGX Root CA. */
  public static final Bytes INTEL_ROOT =
      Bytes.fromHex(
          "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5"
              + "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394");

  private record Root(Bytes32 x, Bytes32 y) {}

  private record OneArgument(Address certificates) {}

  private record TwoArguments(Address certificates, Address tcb) {}

  /**
   * Deploys all three, in three transactions.
   *
   * @param root x ‖ y of the key that everything they believe leads up to: Intel's
   */
  public static QuoteContracts deploy(TransactionSender sender, Bytes root) {
    DeploymentPlan plan = new DeploymentPlan(sender.address(), sender.nextNonce());
    QuoteContracts contracts = plan(plan, root);
    new Creations(sender).carryOut(plan);
    return contracts;
  }

  static QuoteContracts plan(DeploymentPlan plan, Bytes root) {
    if (root.size() != 2 * Bytes32.SIZE) {
      throw new IllegalArgumentException("a root key has 64 bytes, not " + root.size());
    }
    Address certificates =
        plan.create(
            "CertificateStore",
            new Root(
                Bytes32.of(root.slice(0, Bytes32.SIZE).copy()),
                Bytes32.of(root.slice(Bytes32.SIZE, 2 * Bytes32.SIZE).copy())));
    Address tcb = plan.create("TcbStore", new OneArgument(certificates));
    Address verifier = plan.create("QuoteVerifier", new TwoArguments(certificates, tcb));
    return new QuoteContracts(certificates, tcb, verifier);
  }
}
