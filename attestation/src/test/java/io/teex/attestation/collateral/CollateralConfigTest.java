package io.teex.attestation.collateral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CollateralConfigTest {
  @Test
  void asksNobodyUnlessItIsTold() {
    assertThat(CollateralConfig.from(Map.of()))
        .isEqualTo(
            new CollateralConfig(
                Map.of(),
                null,
                Duration.ofSeconds(10),
                Duration.ofDays(1),
                Duration.ofDays(7),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10)))
        .isEqualTo(CollateralConfig.none());
  }

  @Test
  void readsEveryKey() {
    assertThat(
            CollateralConfig.from(
                Map.of(
                    "intel", "https://pccs.example:8081/base",
                    "amd", "http://127.0.0.1:4000",
                    "directory", "/var/lib/teex/collateral",
                    "timeout", "PT3S",
                    "age-max", "PT2H",
                    "idle-max", "P2D",
                    "retry-min", "PT1S",
                    "retry-max", "PT5S")))
        .isEqualTo(
            new CollateralConfig(
                Map.of(
                    Vendor.INTEL, URI.create("https://pccs.example:8081/base"),
                    Vendor.AMD, URI.create("http://127.0.0.1:4000")),
                Path.of("/var/lib/teex/collateral"),
                Duration.ofSeconds(3),
                Duration.ofHours(2),
                Duration.ofDays(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @CsvSource({
    "intel, ftp://host",
    "intel, pccs.example",
    "intel, 'http://a b'",
    "amd, https://user:secret@host",
    "amd, https://host?a=b",
    "amd, https://host#a",
    "timeout, PT0S",
    "timeout, 10",
    "age-max, PT-1S",
    "idle-max, PT0S",
    "retry-min, PT0S",
    "retry-max, PT1S",
    "intell, https://host"
  })
  void namesTheKeyThatMakesNoSense(String key, String value) {
    assertThatThrownBy(() -> CollateralConfig.from(Map.of(key, value)))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(key)
        .hasMessageNotContaining("secret");
  }
}
