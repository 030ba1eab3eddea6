package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.chain.Deployment.ManagerQuotes;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermsFileTest {
  static final String EXAMPLE =
      """
      {"token": "0x00000000000000000000000000000000000000a1",
       "governance": "0x00000000000000000000000000000000000000a2",
       "withdrawDelay": "PT2H", "trustDelay": "P2D", "period": "P1D", "window": "PT8H",
       "answerTime": "PT8H", "grace": "PT1H", "unbondingTime": "P7D",
       "bond": "1000000", "rewardMax": "2000000", "managerQuoteLife": "P7D"}
      """;

  @TempDir private Path directory;

  private TermsFile read(String text) throws IOException {
    return TermsFile.read(Files.writeString(directory.resolve("terms.json"), text));
  }

  @Test
  void readsTermsAndWhoseTheMarketIs() throws IOException {
    TermsFile file = read(EXAMPLE);

    assertThat(file.parties().governance().toString()).endsWithIgnoringCase("a2");
    assertThat(file.terms().unbondingTime()).isEqualTo(Duration.ofDays(7));
    assertThat(file.terms().rewardMax()).isEqualTo(Amount.of(2_000_000));
    assertThat(file.terms().managerQuotes())
        .isEqualTo(new ManagerQuotes.Needed(Duration.ofDays(7), QuoteContracts.INTEL_ROOT));
    assertThat(read(EXAMPLE.replace(", \"managerQuoteLife\": \"P7D\"", "")).terms().managerQuotes())
        .isEqualTo(new ManagerQuotes.NotAsked());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"P1D\" | \"PT23H\" | 'period' is PT23H, expected at least PT24H",
        "\"unbondingTime\": \"P7D\" | \"unbondingTime\": \"P2D\" | expected at least PT50H",
        "\"managerQuoteLife\": \"P7D\" | \"managerQuoteLife\": \"P31D\" | expected PT1S to PT720H",
        "\"PT2H\" | \"2 hours\" | 'withdrawDelay' is '2 hours', expected whole seconds",
        "\"PT2H\" | \"-PT2H\" | expected whole seconds",
        "\"PT1H\" | \"PT0.5S\" | expected whole seconds",
        "\"PT2H\" | 7200 | 'withdrawDelay' is missing or no text",
        "\"grace\" | \"grades\" | unknown key grades",
        "\"1000000\" | \"-1\" | 'bond' is '-1', expected a whole number",
        "0x00000000000000000000000000000000000000a1 | 0xa1 | 40 hexadecimal digits",
        "00000000a1 | 0000000000 | 'token' is the zero address"
      })
  void refusesWhatDoesNotFit(String what, String by, String message) {
    assertThatThrownBy(() -> read(EXAMPLE.replace(what, by)))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining("terms.json")
        .hasMessageContaining(message);
  }

  @Test
  void refusesAMissingFileAndOtherJson() {
    assertThatThrownBy(() -> TermsFile.read(directory.resolve("nowhere.json")))
        .hasMessageContaining("nowhere.json");
    assertThatThrownBy(() -> read("[]")).hasMessageContaining("expected a JSON object");
    assertThatThrownBy(() -> read("{")).hasMessageContaining("terms.json");
  }
}
