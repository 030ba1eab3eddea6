package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Arrays;

/** Compares the code of a contract with its artifact; immutable values may be any. */
final class DeployedCode {
  private static final int WORD = 32;

  private DeployedCode() {}

  /**
   * @throws TeexException {@code CHAIN_REJECTED} if there is other code
   */
  static void require(Created created, Bytes code) {
    if (!isOf(ContractArtifact.load(created.contract()), code)) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          ("the code of %s at %s (%d bytes) is not that of its artifact: unless a node that lags said"
                  + " so, do not use this deployment")
              .formatted(created.contract(), created.address(), code.size()));
    }
  }

  static boolean isOf(ContractArtifact artifact, Bytes code) {
    if (code.size() != artifact.runtime().size()) {
      return false;
    }
    byte[] plain = code.copy();
    for (int at : artifact.runtime().immutables()) {
      Arrays.fill(plain, at, at + WORD, (byte) 0);
    }
    Bytes creation = artifact.bytecode();
    return Bytes.of(plain).equals(creation.slice(creation.size() - plain.length, creation.size()));
  }
}
