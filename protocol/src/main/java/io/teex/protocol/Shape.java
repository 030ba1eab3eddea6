package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** How a Java type maps to a Solidity type: its ABI bytes and its EIP-712 word. */
sealed interface Shape permits Shape.Word, Shape.Blob, Shape.Sequence, Struct {

  /** The canonical ABI type, structs as tuples: {@code (address,uint64)[]}. */
  String abiType();

  /** The EIP-712 type, structs by name: {@code Debit[]}. */
  String typedDataType();

  boolean dynamic();

  /** Bytes of the inline encoding; meaningless for dynamic types, which have one offset word. */
  int inlineBytes();

  void write(Object value, AbiWriter out);

  Object read(AbiReader in);

  /** The word that stands for the value in EIP-712's {@code encodeData}. */
  byte[] typedDataWord(Object value);

  /**
   * The value as the JSON of {@code eth_signTypedData_v4} has it: text, a list, a map or a boolean.
   */
  Object typedDataJson(Object value);

  /** Adds the structs that an EIP-712 type string must list. */
  default void collectStructs(SortedMap<String, Struct> structs) {}

  /** Converts between a Java value and something simpler, in both directions. */
  interface Codec<W> {
    W to(Object value);

    Object from(W wire);
  }

  /** A static type of one word. */
  record Word(String abiType, Codec<byte[]> codec) implements Shape {
    @Override
    public Object typedDataJson(Object value) {
      byte[] word = codec.to(value);
      return switch (abiType) {
        case "bool" -> Words.toUint(word).signum() == 1;
        case "address" -> Bytes.of(word).slice(Words.SIZE - Address.SIZE, Words.SIZE).toString();
        case "bytes32" -> Bytes.of(word).toString();
        // In text, since the numbers of JSON readers end at 2⁵³.
        default -> Words.toUint(word).toString();
      };
    }

    @Override
    public String typedDataType() {
      return abiType;
    }

    @Override
    public boolean dynamic() {
      return false;
    }

    @Override
    public int inlineBytes() {
      return Words.SIZE;
    }

    @Override
    public void write(Object value, AbiWriter out) {
      out.word(codec.to(value));
    }

    @Override
    public Object read(AbiReader in) {
      return codec.from(in.word());
    }

    @Override
    public byte[] typedDataWord(Object value) {
      return codec.to(value);
    }
  }

  /** {@code bytes} or {@code string}. */
  record Blob(String abiType, Codec<byte[]> codec) implements Shape {
    @Override
    public Object typedDataJson(Object value) {
      byte[] bytes = codec.to(value);
      return abiType.equals("string")
          ? new String(bytes, StandardCharsets.UTF_8)
          : Bytes.of(bytes).toString();
    }

    @Override
    public String typedDataType() {
      return abiType;
    }

    @Override
    public boolean dynamic() {
      return true;
    }

    @Override
    public int inlineBytes() {
      return Words.SIZE;
    }

    @Override
    public void write(Object value, AbiWriter out) {
      byte[] bytes = codec.to(value);
      out.word(Words.uint(bytes.length));
      out.padded(bytes);
    }

    @Override
    public Object read(AbiReader in) {
      return codec.from(in.padded(in.length("length")));
    }

    @Override
    public byte[] typedDataWord(Object value) {
      return Keccak.raw(codec.to(value));
    }
  }

  /** A dynamic array. */
  record Sequence(Shape element) implements Shape {
    @Override
    public Object typedDataJson(Object value) {
      return ((List<?>) value).stream().map(element::typedDataJson).toList();
    }

    @Override
    public String abiType() {
      return element.abiType() + "[]";
    }

    @Override
    public String typedDataType() {
      return element.typedDataType() + "[]";
    }

    @Override
    public boolean dynamic() {
      return true;
    }

    @Override
    public int inlineBytes() {
      return Words.SIZE;
    }

    @Override
    public void write(Object value, AbiWriter out) {
      List<?> list = (List<?>) value;
      out.word(Words.uint(list.size()));
      Tuples.write(list, list.stream().map(e -> element).toList(), out);
    }

    @Override
    public Object read(AbiReader in) {
      int count = in.length("array length");
      // Checked before anything is allocated for a count that the data cannot hold.
      if ((long) count * (element.dynamic() ? Words.SIZE : element.inlineBytes())
          > in.remaining()) {
        throw AbiReader.malformed(
            "%d elements of %s in %d bytes".formatted(count, element.abiType(), in.remaining()));
      }
      List<Shape> shapes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        shapes.add(element);
      }
      return List.of(Tuples.read(shapes, in));
    }

    @Override
    public byte[] typedDataWord(Object value) {
      return Keccak.raw(
          ((List<?>) value).stream().map(element::typedDataWord).toArray(byte[][]::new));
    }

    @Override
    public void collectStructs(SortedMap<String, Struct> structs) {
      element.collectStructs(structs);
    }
  }
}
