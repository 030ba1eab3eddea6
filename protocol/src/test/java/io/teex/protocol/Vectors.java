package io.teex.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vectors made by {@code src/test/js}, which shares no code with this module. */
final class Vectors {
  private Vectors() {}

  static JsonNode load(String name) {
    try (InputStream in =
        Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name))) {
      return new JsonMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Bytes bytes(JsonNode hex) {
    return Bytes.fromHex(hex.asString());
  }

  static Bytes32 bytes32(JsonNode hex) {
    return Bytes32.fromHex(hex.asString());
  }

  static Class<? extends Record> type(String name) {
    try {
      return Class.forName("io.teex.protocol." + name).asSubclass(Record.class);
    } catch (ClassNotFoundException e) {
      throw new AssertionError("no record " + name, e);
    }
  }

  /** Builds a record from a JSON object with the same names. */
  static <T extends Record> T read(Class<T> type, JsonNode json) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components)
            .map(component -> value(component.getGenericType(), json.get(component.getName())))
            .toArray();
    try {
      return type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new))
          .newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make " + type, e);
    }
  }

  private static Object value(Type type, JsonNode json) {
    if (type instanceof ParameterizedType list) {
      return json.valueStream()
          .map(element -> value(list.getActualTypeArguments()[0], element))
          .toList();
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isEnum()) {
      return Arrays.stream(plain.getEnumConstants())
          .filter(constant -> ((Coded) constant).code() == json.asInt())
          .findFirst()
          .orElseThrow();
    }
    return switch (plain.getSimpleName()) {
      case "Address" -> Address.fromHex(json.asString());
      case "Bytes32" -> Bytes32.fromHex(json.asString());
      case "TaskId" -> TaskId.fromHex(json.asString());
      case "Bytes" -> Bytes.fromHex(json.asString());
      case "String" -> json.asString();
      case "Amount" -> Amount.parse(json.asString());
      case "ServiceId" -> ServiceId.parse(json.asString());
      case "DatasetId" -> DatasetId.parse(json.asString());
      case "BigInteger" -> new BigInteger(json.asString());
      case "int" -> Integer.parseInt(json.asString());
      case "long" -> Long.parseLong(json.asString());
      default -> read(plain.asSubclass(Record.class), json);
    };
  }

  static List<JsonNode> elements(JsonNode array) {
    return array.valueStream().toList();
  }
}
