package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * EIP-712 hashing and Solidity ABI encoding with records as the schema: a record's components, in
 * order and by name, are the fields of the struct that bears its simple name.
 *
 * <table>
 * <caption>Java and Solidity types</caption>
 * <tr><td>{@link Address}</td><td>address</td></tr>
 * <tr><td>{@link Bytes32}, {@link TaskId}</td><td>bytes32</td></tr>
 * <tr><td>{@link Bytes}, {@link Signature}</td><td>bytes</td></tr>
 * <tr><td>String</td><td>string, UTF-8</td></tr>
 * <tr><td>boolean</td><td>bool</td></tr>
 * <tr><td>int, long</td><td>uint32, uint64, non-negative in Java</td></tr>
 * <tr><td>{@link Amount}</td><td>uint128</td></tr>
 * <tr><td>BigInteger, {@link ServiceId}, {@link DatasetId}</td><td>uint256</td></tr>
 * <tr><td>{@code @Uint(n)} int, long or BigInteger</td><td>uintn</td></tr>
 * <tr><td>an enum that is {@link Coded}</td><td>uint8</td></tr>
 * <tr><td>a record</td><td>struct</td></tr>
 * <tr><td>List of one of these but int and long</td><td>dynamic array</td></tr>
 * </table>
 *
 * <p>Decoding is strict: there is exactly one encoding of each value, and anything else (trailing
 * bytes, dirty padding, other offsets, unknown codes, numbers out of range) is {@code MALFORMED}.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-712">EIP-712</a>
 */
public final class TypedData {
  private static final int SELECTOR_BYTES = 4;

  private TypedData() {}

  /** EIP-712's {@code encodeType}. */
  public static String typeString(Class<? extends Record> type) {
    return Struct.of(type).typeString();
  }

  public static Bytes32 typeHash(Class<? extends Record> type) {
    return Bytes32.owned(Struct.of(type).typeHash());
  }

  /** EIP-712's {@code hashStruct}, the same on every chain. */
  public static Bytes32 structHash(Record value) {
    return Bytes32.owned(Struct.of(value.getClass()).hash(value));
  }

  /** The EIP-712 digest: what is signed, and what identifies the value in one deployment. */
  public static Bytes32 hash(Domain domain, Record value) {
    return hash(domain.separator(), value);
  }

  /** The EIP-712 digest under the domain separator of a foreign contract, such as a token. */
  public static Bytes32 hash(Bytes32 domainSeparator, Record value) {
    return Keccak.hash(new byte[] {0x19, 0x01}, domainSeparator.copy(), structHash(value).copy());
  }

  /** {@code abi.encode(value)}. */
  public static byte[] encode(Record value) {
    return write(List.of(value), List.of(Struct.of(value.getClass())));
  }

  /**
   * Reads {@code abi.encode(value)}.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static <T extends Record> T decode(Class<T> type, byte[] encoded) {
    return type.cast(read(List.of(Struct.of(type)), encoded)[0]);
  }

  /** {@code abi.encode(values)} of an array of structs. */
  public static <T extends Record> byte[] encodeList(Class<T> type, List<T> values) {
    return write(List.of(values), List.of(new Shape.Sequence(Struct.of(type))));
  }

  /**
   * Reads {@code abi.encode(values)} of an array of structs.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static <T extends Record> List<T> decodeList(Class<T> type, byte[] encoded) {
    List<?> values = (List<?>) read(List.of(new Shape.Sequence(Struct.of(type))), encoded)[0];
    return values.stream().<T>map(type::cast).toList();
  }

  /** {@code abi.encode(a, b, …)} of the record's components. */
  public static byte[] encodeArguments(Record arguments) {
    AbiWriter out = new AbiWriter();
    Struct.of(arguments.getClass()).write(arguments, out);
    return out.toBytes();
  }

  /**
   * Reads several values into one record: what a function returns, or the data of an event.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static <T extends Record> T decodeArguments(Class<T> type, byte[] encoded) {
    AbiReader in = new AbiReader(encoded);
    Object value = Struct.of(type).read(in);
    in.end();
    return type.cast(value);
  }

  /** The canonical signature of a function, event or error whose parameters are the components. */
  public static String signature(String name, Class<? extends Record> parameters) {
    return name + Struct.of(parameters).abiType();
  }

  /** The first four bytes of the hash of a signature such as {@code claim()}. */
  public static Bytes selector(String signature) {
    byte[] hash = Keccak.raw(signature.getBytes(StandardCharsets.UTF_8));
    return Bytes.of(Arrays.copyOf(hash, SELECTOR_BYTES));
  }

  /** Call data of the function whose parameters are the record's components. */
  public static Bytes encodeCall(String function, Record arguments) {
    return Bytes.concat(
        selector(signature(function, arguments.getClass())),
        Bytes.owned(encodeArguments(arguments)));
  }

  /** Call data of a function without parameters. */
  public static Bytes encodeCall(String function) {
    return selector(function + "()");
  }

  /**
   * Reads what {@link #encodeCall} wrote; empty if it is a call of another function.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static <T extends Record> Optional<T> decodeCall(
      String function, Class<T> arguments, Bytes call) {
    Bytes selector = selector(signature(function, arguments));
    if (call.size() < selector.size() || !call.slice(0, selector.size()).equals(selector)) {
      return Optional.empty();
    }
    return Optional.of(decodeArguments(arguments, call.slice(selector.size(), call.size()).copy()));
  }

  private static byte[] write(List<?> values, List<? extends Shape> shapes) {
    AbiWriter out = new AbiWriter();
    Tuples.write(values, shapes, out);
    return out.toBytes();
  }

  private static Object[] read(List<? extends Shape> shapes, byte[] encoded) {
    AbiReader in = new AbiReader(encoded);
    Object[] values = Tuples.read(new ArrayList<>(shapes), in);
    in.end();
    return values;
  }
}
