package io.teex.cli;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Accounts and hashes as people paste them. */
abstract class Hexes<T> implements ITypeConverter<T> {
  private final String expected;
  private final Function<String, T> parse;

  private Hexes(String expected, Function<String, T> parse) {
    this.expected = expected;
    this.parse = parse;
  }

  @Override
  public T convert(String text) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException | TeexException e) {
      throw new TypeConversionException("seen '%s', expected %s".formatted(text, expected));
    }
  }

  static final class Account extends Hexes<Address> {
    Account() {
      super("an account: 0x and 40 hexadecimal digits", Address::fromHex);
    }
  }

  static final class Task extends Hexes<TaskId> {
    Task() {
      super(
          "the id of a task: 0x and 64 hexadecimal digits",
          text -> new TaskId(Bytes32.fromHex(text)));
    }
  }

  static final class Hash extends Hexes<Bytes32> {
    Hash() {
      super("a hash: 0x and 64 hexadecimal digits", Bytes32::fromHex);
    }
  }
}
