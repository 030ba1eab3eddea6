package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A JSON object that is taken apart key by key. What is missing or of another type is an error that
 * names the path of the key; so is what is not known, if the reader asks for the end.
 */
public final class JsonObject {
  private final String what;
  private final String path;
  private final Map<String, Object> values;
  private final ErrorCode code;
  private final Set<String> taken = new HashSet<>();

  JsonObject(String what, String path, Map<String, Object> values, ErrorCode code) {
    this.what = what;
    this.path = path;
    this.values = values;
    this.code = code;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Everything, as it stands there. */
  Map<String, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  public String text(String key) {
    return text(at(key), take(key));
  }

  boolean flag(String key) {
    if (take(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong("%s must be true or false".formatted(at(key)));
  }

  /** A whole number from 0 to {@code max}. */
  public long number(String key, long max) {
    if (take(key) instanceof Long number && number >= 0 && number <= max) {
      return number;
    }
    throw wrong("%s must be a whole number from 0 to %d".formatted(at(key), max));
  }

  /** Exactly {@code size} bytes in hexadecimal, of either case, with or without {@code 0x}. */
  public Bytes hex(String key, int size) {
    return hex(at(key), take(key), size);
  }

  List<Bytes> hexList(String key, int size) {
    List<Bytes> values = new ArrayList<>();
    for (Object element : list(key)) {
      values.add(hex("%s[%d]".formatted(at(key), values.size()), element, size));
    }
    return values;
  }

  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object element : list(key)) {
      texts.add(text("%s[%d]".formatted(at(key), texts.size()), element));
    }
    return texts;
  }

  List<Object> list(String key) {
    if (take(key) instanceof List<?> list) {
      return Collections.unmodifiableList(list);
    }
    throw wrong("%s must be a list".formatted(at(key)));
  }

  /** A point in time as ISO 8601 has it. */
  public Instant instant(String key) {
    try {
      return Instant.parse(text(key));
    } catch (DateTimeParseException e) {
      throw wrong("%s is no time such as 2026-01-31T12:00:00Z".formatted(at(key)));
    }
  }

  public JsonObject object(String key) {
    return object(key, take(key));
  }

  public List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : list(key)) {
      objects.add(object("%s[%d]".formatted(key, objects.size()), element));
    }
    return objects;
  }

  /** An element of a list, or of this object, that has to be an object. */
  @SuppressWarnings("unchecked") // Json makes maps of texts only.
  JsonObject object(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new JsonObject(what, at(name), (Map<String, Object>) map, code);
    }
    throw wrong("%s must be an object".formatted(at(name)));
  }

  /** Where a key is, from the root of the file. */
  public String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Nothing else may be here. */
  void end() {
    for (String key : values.keySet()) {
      if (!taken.contains(key)) {
        throw wrong("unknown key %s".formatted(at(key)));
      }
    }
  }

  public TeexException wrong(String message) {
    return new TeexException(code, what + ": " + message);
  }

  Object take(String key) {
    Object value = values.get(key);
    if (value == null) {
      throw wrong("key %s is missing".formatted(at(key)));
    }
    taken.add(key);
    return value;
  }

  private String text(String at, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong("%s must be a text".formatted(at));
  }

  Bytes hex(String at, Object value, int size) {
    String text = text(at, value);
    try {
      Bytes bytes = Bytes.fromHex(text);
      if (bytes.size() == size || (size == RuleFields.ANY_BYTES && !bytes.isEmpty())) {
        return bytes;
      }
      throw wrong("%s has %d bytes, expected %d".formatted(at, bytes.size(), size));
    } catch (IllegalArgumentException e) {
      throw wrong("%s: %s is not hexadecimal".formatted(at, abbreviated(text)));
    }
  }

  private static String abbreviated(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
