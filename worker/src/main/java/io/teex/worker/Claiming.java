package io.teex.worker;

import io.teex.chain.KeyFile;
import io.teex.protocol.Amount;
import io.teex.protocol.SigningKey;
import io.teex.rpc.node.NodeConfig;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a worker demands pay that a dispatcher acknowledged and did not settle. */
public sealed interface Claiming {
  /** {@code demand = false}: its owner sees to it. */
  record Off() implements Claiming {}

  /**
   * {@code demand = true}.
   *
   * @param keyFile {@code demand.key-file}: the key of an account that pays gas and bonds, and that
   *     need not hold more; the worker's own key ends with its process
   * @param password {@code demand.password-file}, of a keystore
   * @param openMax {@code demand.open-max}: how many bonds may be laid down at once
   * @param payMin {@code demand.pay-min}: less than this is not demanded
   * @param feeMaxGwei {@code demand.fee-max}: the most that is paid per gas, in gwei
   */
  record On(Path keyFile, Path password, int openMax, Amount payMin, long feeMaxGwei)
      implements Claiming {
    SigningKey key() {
      return KeyFile.read(keyFile, password);
    }

    Claimant.Limits limits() {
      return new Claimant.Limits(openMax, payMin);
    }
  }

  static Claiming from(NodeConfig config) {
    boolean on = config.flag("demand", false);
    Optional<Path> key = config.optionalPath("demand.key-file");
    Path password = Path.of(config.text("demand.password-file", ""));
    int openMax = config.integer("demand.open-max", 4, 1, 1_000);
    Amount payMin = config.parsed("demand.pay-min", Amount.ZERO, Amount::parse);
    long feeMax = config.number("demand.fee-max", 500, 1, 1_000_000);
    if (!on) {
      return new Off();
    }
    return new On(
        key.orElseThrow(() ->
            config.failure(
                "demand.key-file", "is missing: demands need an account for gas and bonds")),
        password,
        openMax,
        payMin,
        feeMax);
  }
}
