package io.teex.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.market.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a settlement may cost. The figures are gas of the contract: the same on every machine. */
class SettleBenchTest {
  @Test
  void aThousandTasksOfFiftyAccountsCostAtMostSevenHundredGasEach() {
    Installation installation = new Installation(Path.of("..").toAbsolutePath().normalize());
    assumeTrue(
        Files.isExecutable(
            installation.nodeModules().resolve("@foundry-rs/anvil-linux-amd64/bin/anvil")),
        "SKIPPED: anvil is not there; run 'npm ci' in the root of the repository");

    BenchReport report =
        SettleBench.run(installation, List.of(1_000, 10_000), List.of(50), _ -> {});

    assertThat(gas(report, "1,000 tasks, 50 accounts (40 pay), warm")).isLessThanOrEqualTo(700);
    assertThat(gas(report, "200 receipts in calldata")).isLessThanOrEqualTo(45);
    assertThat(gas(report, "200 receipts in calldata, size of one")).isLessThanOrEqualTo(250);
    assertThat(gas(report, "600 receipts in a blob, each")).isLessThanOrEqualTo(220);
    assertThat(gas(report, "600 receipts in a blob, execution of all")).isLessThanOrEqualTo(5_000);
    assertThat(gas(report, "10,000 tasks, 50 accounts (40 pay), warm")).isLessThanOrEqualTo(80);
  }

  private static double gas(BenchReport report, String name) {
    return report.rows().stream()
        .filter(row -> row.name().equals(name))
        .mapToDouble(BenchReport.Row::value)
        .findFirst()
        .orElseThrow();
  }
}
