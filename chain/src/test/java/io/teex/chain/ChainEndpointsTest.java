package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainEndpointsTest {
  @Test
  void keepsTheOrder() {
    assertThat(ChainEndpoints.parse("http://b:1, https://a/x").urls())
        .isEqualTo(List.of(URI.create("http://b:1"), URI.create("https://a/x")));
  }

  @Test
  void showsNothingThatMayBeACredential() {
    assertThat(ChainEndpoints.parse("https://me:word@a/v3/KEY,http://b:1/,http://c?k=KEY"))
        .hasToString("https://a/…, http://b:1, http://c/…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://a,",
        "http://a,http://a",
        "ftp://me:secret@a",
        "http:secret",
        "http://me:se cret@a",
        "//secret"
      })
  void refusesWithoutQuoting(String text) {
    assertThatThrownBy(() -> ChainEndpoints.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endpoint")
        .extracting(e -> String.valueOf(e))
        .asString()
        .doesNotContain("secret", "se cret");
  }
}
