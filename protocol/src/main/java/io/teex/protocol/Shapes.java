package io.teex.protocol;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds the shape of a record component from its Java type. */
final class Shapes {
  private static final Shape BOOL =
      new Shape.Word(
          "bool",
          codec(
              value -> Words.uint((Boolean) value ? 1 : 0),
              word -> Words.toUint(inRange(word, 1)).signum() == 1));
  private static final Shape BYTES32 = bytes32(value -> (Bytes32) value, value -> value);
  private static final Shape TASK_ID = bytes32(value -> ((TaskId) value).value(), TaskId::new);
  private static final Shape ADDRESS =
      new Shape.Word(
          "address",
          codec(value -> Words.leftPadded(((Address) value).value().copy()), Shapes::address));
  private static final Shape BYTES =
      new Shape.Blob("bytes", codec(value -> ((Bytes) value).copy(), Bytes::owned));
  private static final Shape SIGNATURE =
      new Shape.Blob(
          "bytes",
          codec(
              value -> ((Signature) value).bytes().copy(),
              bytes -> new Signature(Bytes.owned(bytes))));
  private static final Shape STRING =
      new Shape.Blob("string", codec(value -> utf8((String) value), Shapes::text));

  private Shapes() {}

  static Shape of(RecordComponent component) {
    Uint annotation = component.getAnnotation(Uint.class);
    return of(component.getGenericType(), annotation == null ? 0 : annotation.value());
  }

  /**
   * @param bits width of an integer, 0 for the type's own
   */
  private static Shape of(Type type, int bits) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return new Shape.Sequence(of(list.getActualTypeArguments()[0], bits));
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException(type + " has no Solidity type");
    }
    if (plain == int.class) {
      return uint(
          bits == 0 ? 32 : bits,
          value -> BigInteger.valueOf((Integer) value),
          BigInteger::intValueExact);
    }
    if (plain == long.class) {
      return uint(
          bits == 0 ? 64 : bits,
          value -> BigInteger.valueOf((Long) value),
          BigInteger::longValueExact);
    }
    if (plain == BigInteger.class) {
      return uint(bits == 0 ? 256 : bits, value -> (BigInteger) value, value -> value);
    }
    if (plain.isEnum()) {
      return coded(plain);
    }
    return value(plain);
  }

  private static Shape value(Class<?> type) {
    if (type == Bytes32.class) {
      return BYTES32;
    } else if (type == Address.class) {
      return ADDRESS;
    } else if (type == TaskId.class) {
      return TASK_ID;
    } else if (type == Amount.class) {
      return uint(128, value -> ((Amount) value).value(), Amount::new);
    } else if (type == ServiceId.class) {
      return uint(256, value -> ((ServiceId) value).value(), ServiceId::new);
    } else if (type == DatasetId.class) {
      return uint(256, value -> ((DatasetId) value).value(), DatasetId::new);
    } else if (type == Bytes.class) {
      return BYTES;
    } else if (type == String.class) {
      return STRING;
    } else if (type == boolean.class) {
      return BOOL;
    } else if (type == Signature.class) {
      return SIGNATURE;
    }
    return Struct.of(type);
  }

  private static Shape uint(
      int bits, Function<Object, BigInteger> to, Function<BigInteger, Object> from) {
    String name = "uint" + bits;
    return new Shape.Word(
        name,
        codec(
            value -> {
              BigInteger number = to.apply(value);
              Require.uint(name, number, bits);
              return Words.uint(number);
            },
            word -> {
              BigInteger number = Words.toUint(word);
              if (number.bitLength() > bits) {
                throw AbiReader.malformed("%s is no %s".formatted(number, name));
              }
              try {
                return from.apply(number);
              } catch (ArithmeticException e) {
                // uint32 and uint64 are used in Java's non-negative range only, see Require.
                throw AbiReader.malformed("%s of %s is too large".formatted(name, number));
              }
            }));
  }

  private static Shape coded(Class<?> type) {
    Map<Integer, Object> byCode =
        Arrays.stream(type.getEnumConstants())
            .collect(Collectors.toMap(constant -> ((Coded) constant).code(), c -> c));
    return uint(
        8,
        value -> BigInteger.valueOf(((Coded) value).code()),
        code -> {
          Object constant = byCode.get(code.intValueExact());
          if (constant == null) {
            throw AbiReader.malformed("%s has no code %s".formatted(type.getSimpleName(), code));
          }
          return constant;
        });
  }

  private static Shape bytes32(Function<Object, Bytes32> to, Function<Bytes32, Object> from) {
    return new Shape.Word(
        "bytes32", codec(value -> to.apply(value).copy(), word -> from.apply(Bytes32.owned(word))));
  }

  private static Address address(byte[] word) {
    if (!Words.isZero(word, 0, Words.SIZE - Address.SIZE)) {
      throw AbiReader.malformed("address with dirty padding");
    }
    return new Address(Bytes.of(Arrays.copyOfRange(word, 12, Words.SIZE)));
  }

  private static byte[] inRange(byte[] word, int max) {
    if (Words.toUint(word).compareTo(BigInteger.valueOf(max)) > 0) {
      throw AbiReader.malformed("a bool is 0 or 1");
    }
    return word;
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new TeexException(ErrorCode.MALFORMED, "typed data: unpaired surrogate in string", e);
    }
  }

  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new TeexException(ErrorCode.MALFORMED, "typed data: string is not UTF-8", e);
    }
  }

  private static Shape.Codec<byte[]> codec(
      Function<Object, byte[]> to, Function<byte[], Object> from) {
    return new Shape.Codec<>() {
      @Override
      public byte[] to(Object value) {
        return to.apply(value);
      }

      @Override
      public Object from(byte[] wire) {
        return from.apply(wire);
      }
    };
  }
}
