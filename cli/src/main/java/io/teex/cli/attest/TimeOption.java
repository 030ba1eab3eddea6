package io.teex.cli.attest;

import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time from the command line. */
final class TimeOption implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw new TypeConversionException(
          "seen '%s', expected a time such as 2026-03-05T13:00:00Z".formatted(value));
    }
  }
}
