package io.teex.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.ReportData;
import io.teex.chain.Addresses;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.ManagerAttestation;
import io.teex.chain.QuoteContracts;
import io.teex.chain.TransactionSender;
import io.teex.manager.testing.LiveMarket;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.node.QuoteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainQuotesTest {
  private static final Address KEY = DevAccounts.key(4).address();

  @TempDir private Path directory;

  /** A platform whose quote is the report data that it was asked for. */
  private record Echo(TeeKind kind) implements EvidenceSource {
    @Override
    public Endorsed endorsed(ReportData reportData) {
      return Endorsed.bare(new Evidence(kind, reportData.value()));
    }
  }

  @Test
  void theFileHoldsTheStatementThatTheContractAsksFor() throws Exception {
    try (LiveMarket market = LiveMarket.begin(Files.createDirectory(directory.resolve("market")))) {
      Addresses addresses =
          Deployment.deploy(
              new TransactionSender(market.chain, DevAccounts.key(3)),
              Deployment.Terms.development(Duration.ofHours(1))
                  .withManagerQuotes(
                      new Deployment.ManagerQuotes.Needed(
                          Duration.ofDays(7), QuoteContracts.INTEL_ROOT)));
      Path data = directory.resolve("data");

      QuoteFile written =
          ChainQuotes.write(new Echo(TeeKind.TDX), KEY, market.chain, addresses, data);

      assertThat(QuoteFile.read(data)).isEqualTo(written);
      Bytes32 hash = market.chain.block(written.block()).orElseThrow().hash();
      assertThat(written.block()).isLessThan(market.chain.blockNumber());
      assertThat(written.evidence().bytes())
          .isEqualTo(
              new ManagerAttestation(market.chain, addresses.managerAttestation())
                  .reportData(KEY, hash));
      refusesOtherTees(addresses);
      assertThatCode(() -> ChainQuotes.requireVerifiable(TeeKind.SIMULATED, market.addresses))
          .doesNotThrowAnyException();
    }
  }

  private static void refusesOtherTees(Addresses addresses) {
    for (TeeKind kind : TeeKind.values()) {
      if (kind == TeeKind.SGX || kind == TeeKind.TDX) {
        ChainQuotes.requireVerifiable(kind, addresses);
      } else {
        assertThatThrownBy(() -> ChainQuotes.requireVerifiable(kind, addresses))
            .isInstanceOfSatisfying(
                TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
            .hasMessageContaining(kind.name());
      }
    }
  }

  @Test
  void anotherFileIsNone() throws IOException {
    Files.writeString(directory.resolve(QuoteFile.NAME), "{\"key\":\"0x00\"}");

    assertThatThrownBy(() -> QuoteFile.read(directory))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining("is not what a manager writes for the chain");
  }
}
