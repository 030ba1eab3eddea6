package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads and writes the file form of a {@link Policy}. Strict, because a policy that is not
 * understood whole is not a policy: unknown, repeated or missing keys are errors. It uses the
 * streaming parser only, since every role loads it while starting.
 */
final class PolicyFile {
  private static final int SIZE_MAX = 1 << 20;
  private static final int VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private PolicyFile() {}

  static Policy read(Path file) {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw usage("larger than %d bytes".formatted(SIZE_MAX));
      }
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "policy file %s cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (TeexException e) {
      throw new TeexException(e.code(), "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  static Policy parse(String json) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      in.nextToken();
      Policy policy = policy(in);
      if (in.nextToken() != null) {
        throw usage("something follows the object");
      }
      return policy;
    } catch (JacksonException e) {
      throw new TeexException(
          ErrorCode.USAGE, "policy: not JSON: %s".formatted(e.getOriginalMessage()), e);
    }
  }

  private static Policy policy(JsonParser in) {
    Set<String> seen = new HashSet<>();
    String name = "";
    boolean acceptSimulated = false;
    Set<Bytes32> roots = Set.of();
    Map<Role, Set<Measurement>> measurements = Map.of();
    for (String key = firstKey(in, "the policy"); key != null; key = nextKey(in)) {
      if (!seen.add(key)) {
        throw usage("key %s appears twice".formatted(key));
      }
      in.nextToken();
      switch (key) {
        case "version" -> requireVersion(in);
        case "name" -> name = text(in, key);
        case "acceptSimulated" -> acceptSimulated = flag(in, key);
        case "simulatedRoots" -> roots = set(in, key, Bytes32::fromHex);
        case "measurements" -> measurements = measurements(in);
        default -> throw usage("unknown key %s".formatted(key));
      }
    }
    for (String required : new String[] {"version", "name", "measurements"}) {
      if (!seen.contains(required)) {
        throw usage("key %s is missing".formatted(required));
      }
    }
    Policy policy = Policy.simulated(name, roots, measurements);
    return acceptSimulated
        ? policy
        : new Policy(name, Set.of(), roots, policy.measurements(), policy.platforms());
  }

  private static Map<Role, Set<Measurement>> measurements(JsonParser in) {
    EnumMap<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (String key = firstKey(in, "measurements"); key != null; key = nextKey(in)) {
      in.nextToken();
      Role role = role(key);
      if (measurements.containsKey(role)) {
        throw usage("key measurements.%s appears twice".formatted(key));
      }
      measurements.put(role, set(in, "measurements." + key, Measurement::fromHex));
    }
    return measurements;
  }

  private static Role role(String key) {
    for (Role role : Role.values()) {
      if (key(role).equals(key)) {
        return role;
      }
    }
    throw usage("unknown key measurements.%s".formatted(key));
  }

  private static String key(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static void requireVersion(JsonParser in) {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || in.getIntValue() != VERSION) {
      throw usage("version is %s, expected %d".formatted(in.getString(), VERSION));
    }
  }

  private static boolean flag(JsonParser in, String key) {
    return switch (in.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw usage("%s must be true or false".formatted(key));
    };
  }

  private static String text(JsonParser in, String key) {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw usage("%s must be a text".formatted(key));
    }
    return in.getString();
  }

  private static <T> Set<T> set(JsonParser in, String key, Function<String, T> fromHex) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw usage("%s must be a list".formatted(key));
    }
    Set<T> values = new LinkedHashSet<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      String hex = text(in, key);
      try {
        values.add(fromHex.apply(hex));
      } catch (IllegalArgumentException e) {
        throw usage("%s: %s: %s".formatted(key, hex, e.getMessage()));
      }
    }
    return values;
  }

  private static @Nullable String firstKey(JsonParser in, String what) {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw usage("%s must be an object".formatted(what));
    }
    return nextKey(in);
  }

  /** The next key of the object, or null at its end. */
  private static @Nullable String nextKey(JsonParser in) {
    return in.nextToken() == JsonToken.PROPERTY_NAME ? in.currentName() : null;
  }

  static String write(Policy policy) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeNumberProperty("version", VERSION);
      out.writeStringProperty("name", policy.name());
      out.writeBooleanProperty("acceptSimulated", policy.acceptSimulated());
      out.writeArrayPropertyStart("simulatedRoots");
      policy.simulatedRoots().stream()
          .sorted()
          .forEach(root -> out.writeString(root.value().toHex()));
      out.writeEndArray();
      out.writeObjectPropertyStart("measurements");
      for (Role role : Role.values()) {
        out.writeArrayPropertyStart(key(role));
        policy.measurements(role).stream()
            .map(rule -> String.valueOf(rule.equal().get("measurement")))
            .sorted()
            .forEach(out::writeString);
        out.writeEndArray();
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    return text.toString();
  }

  private static TeexException usage(String what) {
    return new TeexException(ErrorCode.USAGE, "policy: " + what);
  }
}
