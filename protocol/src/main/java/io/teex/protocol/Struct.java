package io.teex.protocol;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The shape of a record: its components in order are the fields of a Solidity struct. */
final class Struct implements Shape {
  private static final ClassValue<Struct> STRUCTS =
      new ClassValue<>() {
        @Override
        protected Struct computeValue(Class<?> type) {
          return new Struct(type);
        }
      };

  private final Class<?> type;
  private final List<String> names = new ArrayList<>();
  private final List<Shape> shapes = new ArrayList<>();
  private final List<Method> accessors = new ArrayList<>();
  private final Constructor<?> constructor;
  private final byte[] typeHash;

  private Struct(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(type + " has no Solidity type");
    }
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      names.add(component.getName());
      shapes.add(Shapes.of(component));
      component.getAccessor().setAccessible(true);
      accessors.add(component.getAccessor());
    }
    try {
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has a canonical constructor", e);
    }
    constructor.setAccessible(true);
    typeHash = Keccak.raw(typeString().getBytes(StandardCharsets.UTF_8));
  }

  static Struct of(Class<?> type) {
    return STRUCTS.get(type);
  }

  /** EIP-712's {@code encodeType}: this struct first, then all others that it uses, sorted. */
  String typeString() {
    SortedMap<String, Struct> used = new TreeMap<>();
    collectStructs(used);
    used.remove(type.getSimpleName());
    return ownTypeString()
        + used.values().stream().map(Struct::ownTypeString).collect(Collectors.joining());
  }

  byte[] typeHash() {
    return typeHash.clone();
  }

  /** EIP-712's {@code hashStruct}. */
  byte[] hash(Object record) {
    List<Object> values = values(record);
    byte[][] parts = new byte[values.size() + 1][];
    parts[0] = typeHash;
    for (int i = 0; i < values.size(); i++) {
      parts[i + 1] = shapes.get(i).typedDataWord(values.get(i));
    }
    return Keccak.raw(parts);
  }

  @Override
  public String abiType() {
    return shapes.stream().map(Shape::abiType).collect(Collectors.joining(",", "(", ")"));
  }

  @Override
  public String typedDataType() {
    return type.getSimpleName();
  }

  @Override
  public boolean dynamic() {
    return shapes.stream().anyMatch(Shape::dynamic);
  }

  @Override
  public int inlineBytes() {
    return shapes.stream().mapToInt(Shape::inlineBytes).sum();
  }

  @Override
  public void write(Object value, AbiWriter out) {
    Tuples.write(values(value), shapes, out);
  }

  @Override
  public Object read(AbiReader in) {
    Object[] values = Tuples.read(shapes, in);
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw switch (e.getCause()) {
        case TeexException refused -> refused;
        case IllegalArgumentException refused ->
            new TeexException(
                ErrorCode.MALFORMED,
                "%s: %s".formatted(type.getSimpleName(), refused.getMessage()),
                refused);
        case null, default -> new IllegalStateException("cannot construct " + type, e);
      };
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type, e);
    }
  }

  @Override
  public byte[] typedDataWord(Object value) {
    return hash(value);
  }

  @Override
  public Map<String, Object> typedDataJson(Object value) {
    List<Object> values = values(value);
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      json.put(names.get(i), shapes.get(i).typedDataJson(values.get(i)));
    }
    return json;
  }

  /** The fields of this struct and of all that it uses, by its name, as wallets are told them. */
  SortedMap<String, List<Map<String, String>>> typedDataTypes() {
    SortedMap<String, Struct> used = new TreeMap<>();
    collectStructs(used);
    SortedMap<String, List<Map<String, String>>> types = new TreeMap<>();
    used.forEach((name, struct) -> types.put(name, struct.fields()));
    return types;
  }

  private List<Map<String, String>> fields() {
    List<Map<String, String>> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      fields.add(Map.of("name", names.get(i), "type", shapes.get(i).typedDataType()));
    }
    return fields;
  }

  @Override
  public void collectStructs(SortedMap<String, Struct> structs) {
    Struct known = structs.put(type.getSimpleName(), this);
    if (known != null && known != this) {
      throw new IllegalArgumentException("two structs are named " + type.getSimpleName());
    }
    shapes.forEach(shape -> shape.collectStructs(structs));
  }

  private String ownTypeString() {
    StringBuilder text = new StringBuilder(type.getSimpleName()).append('(');
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ",")
          .append(shapes.get(i).typedDataType())
          .append(' ')
          .append(names.get(i));
    }
    return text.append(')').toString();
  }

  private List<Object> values(Object record) {
    List<Object> values = new ArrayList<>(accessors.size());
    try {
      for (Method accessor : accessors) {
        values.add(accessor.invoke(record));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + type, e);
    }
    return values;
  }
}
