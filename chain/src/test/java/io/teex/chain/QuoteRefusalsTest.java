package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.junit.jupiter.api.Test;

class QuoteRefusalsTest {
  /** A contract that renames an error must not lose its advice silently. */
  @Test
  void advisesOnErrorsThatThereAre() {
    assertThat(QuoteRefusals.ADVICE.keySet())
        .isSubsetOf(
            ContractArtifact.ALL_ERRORS.values().stream()
                .map(ContractArtifact.ErrorType::name)
                .toList());
  }

  @Test
  void leavesOtherFailuresAsTheyAre() {
    TeexException away = new TeexException(ErrorCode.CHAIN_UNAVAILABLE, "away");

    assertThat(QuoteRefusals.advised(away)).isSameAs(away);
  }
}
