package io.teex.attestation.intel;

import io.teex.protocol.Bytes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object of one of Intel's documents, read after its signature was found to hold. Keys that
 * nobody asks for are ignored, since Intel adds some from time to time; a key that is missing,
 * there twice or of another type is {@code MALFORMED}.
 *
 * @param what its place in the document, for messages
 */
record JsonObject(String what, Map<String, Object> values) {
  private static final int DEPTH_MAX = 16;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  static JsonObject parse(Bytes text, String what) throws Refused {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), text.copy())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw Refused.malformed(what + " is no object");
      }
      JsonObject object = object(in, what);
      if (in.nextToken() != null) {
        throw Refused.malformed("something follows " + what);
      }
      return object;
    } catch (JacksonException e) {
      throw Refused.malformed("%s: %s".formatted(what, e.getOriginalMessage()));
    }
  }

  private static JsonObject object(JsonParser in, String what) throws Refused {
    Map<String, Object> values = new HashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = in.currentName();
      in.nextToken();
      if (values.put(key, value(in, what + "." + key)) != null) {
        throw Refused.malformed("%s.%s is there twice".formatted(what, key));
      }
    }
    return new JsonObject(what, values);
  }

  private static Object value(JsonParser in, String what) throws Refused {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in, what);
      case START_ARRAY -> array(in, what);
      case VALUE_NUMBER_INT -> in.getLongValue();
      case VALUE_TRUE, VALUE_FALSE -> in.getBooleanValue();
      case VALUE_STRING -> in.getString();
      default -> throw Refused.malformed("%s is %s".formatted(what, in.currentToken()));
    };
  }

  private static List<Object> array(JsonParser in, String what) throws Refused {
    List<Object> values = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(in, "%s[%d]".formatted(what, values.size())));
    }
    return values;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  String text(String key) throws Refused {
    return get(key, String.class);
  }

  /** A number from 0 to {@code max}. */
  long number(String key, long max) throws Refused {
    long number = get(key, Long.class);
    if (number < 0 || number > max) {
      throw Refused.malformed("%s.%s is %d, expected 0 to %d".formatted(what, key, number, max));
    }
    return number;
  }

  /** Bytes in hexadecimal of either case. */
  Bytes hex(String key, int size) throws Refused {
    String digits = text(key);
    if (digits.length() == 2 * size && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      return Bytes.fromHex(digits);
    }
    throw Refused.malformed("%s.%s is not %d bytes in hex".formatted(what, key, size));
  }

  Instant instant(String key) throws Refused {
    try {
      return Instant.parse(text(key));
    } catch (DateTimeParseException e) {
      throw Refused.malformed("%s.%s is no time: %s".formatted(what, key, e.getMessage()));
    }
  }

  JsonObject object(String key) throws Refused {
    return get(key, JsonObject.class);
  }

  List<JsonObject> objects(String key) throws Refused {
    return list(key, JsonObject.class);
  }

  List<String> texts(String key) throws Refused {
    return list(key, String.class);
  }

  private <T> List<T> list(String key, Class<T> type) throws Refused {
    List<T> elements = new ArrayList<>();
    for (Object element : get(key, List.class)) {
      if (!type.isInstance(element)) {
        throw Refused.malformed(
            "%s.%s has an element that is no %s".formatted(what, key, type.getSimpleName()));
      }
      elements.add(type.cast(element));
    }
    return elements;
  }

  private <T> T get(String key, Class<T> type) throws Refused {
    Object value = values.get(key);
    if (!type.isInstance(value)) {
      throw Refused.malformed(
          "%s.%s is %s"
              .formatted(what, key, value == null ? "missing" : "no " + type.getSimpleName()));
    }
    return type.cast(value);
  }
}
