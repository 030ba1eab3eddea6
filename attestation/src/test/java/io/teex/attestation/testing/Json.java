package io.teex.attestation.testing;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON as maps, lists, texts, {@code Long}s and {@code Boolean}s. */
public final class Json {
  private static final JsonFactory JSON = new JsonFactory();

  private Json() {}

  public static @Nullable Object parse(Bytes json) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json.copy())) {
      in.nextToken();
      return value(in);
    }
  }

  @SuppressWarnings("unchecked") // Every object was made by value().
  public static Map<String, Object> object(@Nullable Object value) {
    if (!(value instanceof Map<?, ?>)) {
      throw new AssertionError("not a JSON object: " + value);
    }
    return (Map<String, Object>) value;
  }

  public static List<?> list(@Nullable Object value) {
    if (!(value instanceof List<?> list)) {
      throw new AssertionError("not a JSON list: " + value);
    }
    return list;
  }

  private static @Nullable Object value(JsonParser in) {
    return switch (in.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
          String key = in.currentName();
          in.nextToken();
          object.put(key, value(in));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> in.getLongValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> in.getString();
    };
  }
}
