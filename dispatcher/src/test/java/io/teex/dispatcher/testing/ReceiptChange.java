package io.teex.dispatcher.testing;

import io.teex.protocol.Execution;
import io.teex.protocol.Receipt;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Makes receipts that differ from a right one in a single field. */
public record ReceiptChange(Receipt right) {
  /** The receipt with another value of one component. */
  public Receipt with(String component, Object value) {
    return change(right, component, value);
  }

  public Receipt withDigest(String component, Object value) {
    return with("digests", change(right.digests(), component, value));
  }

  public Receipt withFlags(int flags) {
    Execution execution = right.execution();
    return with(
        "execution",
        new Execution(execution.engine(), execution.isolation(), execution.tierReached(), flags));
  }

  private static <T extends Record> T change(T record, String component, Object value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    try {
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        boolean changed = components[i].getName().equals(component);
        values[i] = changed ? value : components[i].getAccessor().invoke(record);
      }
      @SuppressWarnings("unchecked") // The constructor is that of the record's own class.
      T copy =
          (T)
              record
                  .getClass()
                  .getDeclaredConstructor(
                      Arrays.stream(components)
                          .map(RecordComponent::getType)
                          .toArray(Class<?>[]::new))
                  .newInstance(values);
      return copy;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a plain record", e);
    }
  }
}
