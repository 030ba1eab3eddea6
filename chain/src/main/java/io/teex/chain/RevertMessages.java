package io.teex.chain;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** What the contracts' custom errors mean and what to do, in sentences, by the error's name. */
final class RevertMessages {
  static final Map<String, String> ALL = load();

  private RevertMessages() {}

  static Optional<String> of(String error) {
    return Optional.ofNullable(ALL.get(error));
  }

  private static Map<String, String> load() {
    Properties texts = new Properties();
    try (InputStream in = RevertMessages.class.getResourceAsStream("reverts.properties")) {
      if (in == null) {
        throw new IllegalStateException("the messages for the contracts' errors are missing");
      }
      try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
        texts.load(reader);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts.stringPropertyNames().stream()
        .collect(Collectors.toUnmodifiableMap(name -> name, texts::getProperty));
  }
}
