package io.teex.cli;

import io.teex.protocol.DatasetId;
import io.teex.protocol.ServiceId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The numbers by which the chain knows services and data sets. */
final class Ids {
  private Ids() {}

  static final class OfService implements ITypeConverter<ServiceId> {
    @Override
    public ServiceId convert(String text) {
      try {
        return ServiceId.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "seen '%s', expected the number of a service; ./teex service list shows them"
                .formatted(text));
      }
    }
  }

  static final class OfDataset implements ITypeConverter<DatasetId> {
    @Override
    public DatasetId convert(String text) {
      try {
        return DatasetId.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "seen '%s', expected the number that ./teex data publish gave the data set"
                .formatted(text));
      }
    }
  }
}
