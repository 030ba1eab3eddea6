package io.teex.attestation.nitro;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Sha256;
import org.junit.jupiter.api.Test;

final class NitroRootTest {
  @Test
  void isTheOneThatAwsPublishes() {
    assertThat(Sha256.hash(NitroRoot.aws().copy()).value().toHex())
        .isEqualTo("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
  }
}
