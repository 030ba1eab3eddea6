package io.teex.attestation;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * JSON of texts, whole numbers, booleans, lists and objects, as the files of this module and the
 * documents of platforms' makers use it. It needs the streaming parser only, since every role loads
 * a policy while starting.
 */
public final class Json {
  private static final int DEPTH_MAX = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private Json() {}

  /**
   * Reads one object and nothing behind it.
   *
   * @param what it is, for the message
   * @throws TeexException {@code code} with the path of what is wrong
   */
  public static JsonObject parse(String text, String what, ErrorCode code) {
    return parse(() -> FACTORY.createParser(ObjectReadContext.empty(), text), what, code);
  }

  /** The same of a text that is not decoded yet. */
  public static JsonObject parse(byte[] text, String what, ErrorCode code) {
    return parse(() -> FACTORY.createParser(ObjectReadContext.empty(), text), what, code);
  }

  private static JsonObject parse(Supplier<JsonParser> parser, String what, ErrorCode code) {
    try (JsonParser in = parser.get()) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new TeexException(code, "%s must be an object".formatted(what));
      }
      Map<String, Object> values = object(in, "", what, code);
      if (in.nextToken() != null) {
        throw new TeexException(code, "%s: something follows the object".formatted(what));
      }
      return new JsonObject(what, "", values, code);
    } catch (JacksonException e) {
      throw new TeexException(code, "%s: not JSON: %s".formatted(what, e.getOriginalMessage()), e);
    }
  }

  /**
   * Reads one list or object and nothing behind it, as {@code List}s and {@code Map}s of what they
   * hold.
   *
   * @throws TeexException {@code MALFORMED} with the path of what is wrong
   */
  static Object value(String text, String what) {
    try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (in.nextToken() == null) {
        throw new TeexException(ErrorCode.MALFORMED, "%s: nothing is there".formatted(what));
      }
      Object value = value(in, what, what, ErrorCode.MALFORMED);
      if (in.nextToken() != null) {
        throw new TeexException(ErrorCode.MALFORMED, "%s: something follows".formatted(what));
      }
      return value;
    } catch (JacksonException e) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%s: not JSON: %s".formatted(what, e.getOriginalMessage()), e);
    }
  }

  private static Map<String, Object> object(
      JsonParser in, String path, String what, ErrorCode code) {
    Map<String, Object> values = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = in.currentName();
      String inner = path.isEmpty() ? key : path + "." + key;
      in.nextToken();
      if (values.put(key, value(in, inner, what, code)) != null) {
        throw new TeexException(code, "%s: key %s appears twice".formatted(what, inner));
      }
    }
    return values;
  }

  private static Object value(JsonParser in, String path, String what, ErrorCode code) {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in, path, what, code);
      case START_ARRAY -> list(in, path, what, code);
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT -> in.getLongValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default ->
          throw new TeexException(
              code,
              "%s: %s must be a text, a whole number, true, false, a list or an object"
                  .formatted(what, path));
    };
  }

  private static List<Object> list(JsonParser in, String path, String what, ErrorCode code) {
    List<Object> values = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(in, "%s[%d]".formatted(path, values.size()), what, code));
    }
    return values;
  }

  /** The text for people: keys in the order of the map, a line for each. */
  static String write(Map<String, ?> object) {
    PrettyPrinter lines =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    return write(
        object,
        new ObjectWriteContext.Base() {
          @Override
          public PrettyPrinter getPrettyPrinter() {
            return lines;
          }
        });
  }

  /** The one text for signing: keys sorted, no blanks (RFC 8785 for the values used here). */
  public static String canonical(Map<String, ?> object) {
    return write(sorted(object), ObjectWriteContext.empty());
  }

  private static String write(Map<String, ?> object, ObjectWriteContext context) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(context, text)) {
      write(object, out);
    }
    return text.toString();
  }

  private static void write(Object value, JsonGenerator out) {
    switch (value) {
      case Map<?, ?> object -> {
        out.writeStartObject();
        object.forEach((key, inner) -> {
          out.writeName(String.valueOf(key));
          write(inner, out);
        });
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        list.forEach(inner -> write(inner, out));
        out.writeEndArray();
      }
      case Boolean flag -> out.writeBoolean(flag);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      default -> out.writeString(String.valueOf(value));
    }
  }

  private static Map<String, Object> sorted(Map<String, ?> object) {
    Map<String, Object> sorted = new TreeMap<>();
    object.forEach((key, value) -> sorted.put(key, sortedValue(value)));
    return sorted;
  }

  private static Object sortedValue(Object value) {
    if (value instanceof Map<?, ?> object) {
      Map<String, Object> copy = new LinkedHashMap<>();
      object.forEach((key, inner) -> copy.put(String.valueOf(key), inner));
      return sorted(copy);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Json::sortedValue).toList();
    }
    return value;
  }
}
