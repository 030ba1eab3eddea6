package io.teex.cli;

import io.teex.protocol.Amount;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts as people type them: whole base units of the token. */
final class Amounts implements ITypeConverter<Amount> {
  @Override
  public Amount convert(String text) {
    try {
      return Amount.parse(text.replace("_", ""));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'%s' is no amount: expected a whole number of base units, such as 1000".formatted(text));
    }
  }
}
