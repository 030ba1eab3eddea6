package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A published table never changes, and the page that explains it says the same. */
final class CostTableTest {
  /** Fails when somebody edits a version instead of adding one. */
  @Test
  void areTheOnesThatWerePublished() {
    assertThat(CostTable.V1.text())
        .startsWith("teex-cost-table-1\nteex-instrumenter-1\nSTRUCTURE 0\nSIMPLE 1\n");
    assertThat(CostTable.V1.digest())
        .hasToString("0xa7cf4f276060f8ada174be7b84ba65b4fe30ba9f74a76ecae48947efc85cbdd4");
    assertThat(CostTable.V2.text())
        .startsWith("teex-cost-table-1\nteex-instrumenter-2\nSTRUCTURE 0\nSIMPLE 1\n");
    assertThat(CostTable.V2.digest())
        .hasToString("0xb6ca0d5056bd71de82f9fb009e1c5e4e5eea9d0153ab4e4f57f355cb13bfdf34");
  }

  @Test
  void namesTheInstrumenterThatIsUsed() {
    assertThat(CostTable.CURRENT.text()).contains("\n" + Instrumenter.VERSION + "\n");
  }

  @Test
  void isDocumented() throws IOException {
    String page = Files.readString(Path.of("../docs/fuel.md"));

    assertThat(page).contains(CostTable.V1.digest().toString(), CostTable.V2.digest().toString());
    for (CostClass each : CostClass.values()) {
      assertThat(page).contains("| %s | %d |".formatted(each, CostTable.CURRENT.cost(each)));
    }
  }

  @Test
  void countsEightsThatAreBegun() {
    assertThat(CostTable.eighths(0)).isZero();
    assertThat(CostTable.eighths(1)).isEqualTo(1);
    assertThat(CostTable.eighths(8)).isEqualTo(1);
    assertThat(CostTable.eighths(9)).isEqualTo(2);
  }
}
