package io.teex.rpc.node;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The settings of a role, out of one {@code .properties} file, read once into the role's own
 * immutable record. Strict: {@link #requireAllRead} fails on every key that the role never asked
 * for, so that a typing error is not a silent default. Every failure is a {@link TeexException}
 * {@code USAGE} whose message names the file and the key.
 */
public final class NodeConfig {
  private final String source;
  private final Map<String, String> values;
  private final Set<String> read = new HashSet<>();

  private NodeConfig(String source, Map<String, String> values) {
    this.source = source;
    this.values = values;
  }

  public static NodeConfig read(Path file) {
    Properties properties = new UniqueProperties(file);
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    Map<String, String> values = new TreeMap<>();
    properties.forEach((key, value) -> values.put(key.toString(), value.toString().strip()));
    return new NodeConfig(file.toString(), values);
  }

  public static NodeConfig of(Map<String, String> values) {
    return new NodeConfig("configuration", new TreeMap<>(values));
  }

  /** Properties that do not let a key appear twice. */
  private static final class UniqueProperties extends Properties {
    private final transient Path file;

    UniqueProperties(Path file) {
      this.file = file;
    }

    @Override
    public synchronized Object put(Object key, Object value) {
      Object before = super.put(key, value);
      if (before != null) {
        throw new TeexException(ErrorCode.USAGE, "%s: key %s appears twice".formatted(file, key));
      }
      return value;
    }

    @Override
    public synchronized boolean equals(Object other) {
      return super.equals(other);
    }

    @Override
    public synchronized int hashCode() {
      return super.hashCode();
    }
  }

  /** The text of a key that must be there. */
  public String text(String key) {
    return optionalText(key).orElseThrow(() -> failure(key, "is missing"));
  }

  public String text(String key, String otherwise) {
    return optionalText(key).orElse(otherwise);
  }

  /** The text of a key; one without a value counts as absent. */
  public Optional<String> optionalText(String key) {
    read.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }

  public Path path(String key) {
    return Path.of(text(key));
  }

  public Optional<Path> optionalPath(String key) {
    return optionalText(key).map(Path::of);
  }

  public Endpoint endpoint(String key) {
    return parse(key, text(key), Endpoint::parse);
  }

  public Endpoint endpoint(String key, Endpoint otherwise) {
    return optionalText(key).map(text -> parse(key, text, Endpoint::parse)).orElse(otherwise);
  }

  public Optional<Endpoint> optionalEndpoint(String key) {
    return optionalText(key).map(text -> parse(key, text, Endpoint::parse));
  }

  public URI uri(String key) {
    return parse(key, text(key), URI::create);
  }

  /** A value of a type that has a parser of its own, which fails on others. */
  public <T> T parsed(String key, T otherwise, Function<String, T> parser) {
    return optionalText(key).map(text -> parse(key, text, parser)).orElse(otherwise);
  }

  /**
   * A value that may hold a credential.
   *
   * @param parser whose failures do not quote what they could not read
   */
  public <T> T confidential(String key, Function<String, T> parser) {
    try {
      return parser.apply(text(key));
    } catch (IllegalArgumentException e) {
      throw failure(key, String.valueOf(e.getMessage()));
    }
  }

  public Address address(String key) {
    return parse(key, text(key), Address::fromHex);
  }

  public Optional<Address> optionalAddress(String key) {
    return optionalText(key).map(text -> parse(key, text, Address::fromHex));
  }

  /** A whole number from {@code min} to {@code max}. */
  public int integer(String key, int otherwise, int min, int max) {
    return (int) number(key, otherwise, min, max);
  }

  /** A whole number from {@code min} to {@code max}. */
  public long number(String key, long otherwise, long min, long max) {
    Optional<String> text = optionalText(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    long value = parse(key, text.get(), Long::parseLong);
    if (value < min || value > max) {
      throw failure(key, "is %d, expected %d to %d".formatted(value, min, max));
    }
    return value;
  }

  /**
   * A positive duration in the form of ISO 8601 ({@code PT5S}) or in milliseconds ({@code 5000}).
   */
  public Duration duration(String key, Duration otherwise) {
    Optional<String> text = optionalText(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Duration value = parse(key, text.get(), NodeConfig::duration);
    if (!value.isPositive()) {
      throw failure(key, "is %s, expected more than nothing".formatted(text.get()));
    }
    return value;
  }

  private static Duration duration(String text) {
    try {
      return text.startsWith("P") ? Duration.parse(text) : Duration.ofMillis(Long.parseLong(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  public boolean flag(String key, boolean otherwise) {
    return switch (text(key, String.valueOf(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      default -> throw failure(key, "is neither true nor false");
    };
  }

  private <T> T parse(String key, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException | TeexException e) {
      throw failure(key, "is %s: %s".formatted(text, e.getMessage()));
    }
  }

  /**
   * The values of all keys {@code name.KEY}, by KEY, for who knows which of them there are and
   * fails on others.
   */
  public Map<String, String> section(String name) {
    String prefix = name + ".";
    Map<String, String> section = new TreeMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        read.add(key);
        section.put(key.substring(prefix.length()), value);
      }
    });
    return section;
  }

  /** Fails if the file has a key that nobody asked for. */
  public void requireAllRead() {
    Set<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(read);
    if (!unknown.isEmpty()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s: unknown key %s; known are %s"
              .formatted(
                  source, String.join(", ", unknown), String.join(", ", new TreeSet<>(read))));
    }
  }

  /** The failure of one setting, for checks that only the role can make. */
  public TeexException failure(String key, String what) {
    return new TeexException(ErrorCode.USAGE, "%s: %s %s".formatted(source, key, what));
  }
}
