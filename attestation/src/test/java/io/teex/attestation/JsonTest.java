package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonTest {
  private static JsonObject parse(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8), "document", ErrorCode.MALFORMED);
  }

  @Test
  void readsWhatItWrites() {
    JsonObject object =
        parse(Json.canonical(Map.of("time", "2026-01-31T12:00:00Z", "list", Map.of("size", 3))));

    assertThat(object.instant("time")).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
    assertThat(object.object("list").number("size", 3)).isEqualTo(3);
  }

  @Test
  void readsObjectsInAList() {
    assertThat(parse("{\"all\":[{\"id\":\"a\"},{\"id\":\"b\"}]}").objects("all"))
        .extracting(object -> object.text("id"))
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} {}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "{\"a\":null}",
        "{\"a\":1.5}",
        "{\"a\":9223372036854775808}",
        "{'a':1}",
        "{\"a\":\"\u0001\"}"
      })
  void refusesWhatIsNotOneSuchObject(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }

  @Test
  void refusesDeepNestingInsteadOfRunningOutOfStack() {
    assertThatThrownBy(() -> parse("{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(TeexException.class);
    assertThatThrownBy(() -> parse("{\"a\":".repeat(100_000))).isInstanceOf(TeexException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"time\":\"yesterday\"} | document: time is no time such as 2026-01-31T12:00:00Z",
        "{} | document: key time is missing",
        "{\"time\":1} | document: time must be a text"
      })
  void namesWhatIsNoTime(String text, String message) {
    JsonObject object = parse(text);

    assertThatThrownBy(() -> object.instant("time")).hasMessage(message);
  }

  @Test
  void namesTheElementThatIsNoObject() {
    JsonObject object = parse("{\"in\":{\"all\":[{},1]}}").object("in");

    assertThatThrownBy(() -> object.objects("all"))
        .hasMessage("document: in.all[1] must be an object");
  }

  @Test
  void isTotal() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "{}[]:,\"\\u0a1-.e \n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("{");
      for (int size = random.nextInt(24); size > 0; size--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertThat(parse(text.toString())).isNotNull();
      } catch (TeexException e) {
        assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.MALFORMED);
      }
    }
  }
}
