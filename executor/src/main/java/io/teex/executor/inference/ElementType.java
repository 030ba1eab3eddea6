package io.teex.executor.inference;

/** The types of elements that are accepted; the codes are those of ONNX. */
public enum ElementType {
  FLOAT(1, 4),
  UINT8(2, 1),
  INT8(3, 1),
  INT32(6, 4),
  INT64(7, 8);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  public int code() {
    return code;
  }

  /** Of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether guests may pass and receive it: elements then fill whole words. */
  boolean isForGuests() {
    return bytes >= 4;
  }

  static ElementType of(long code, String where) {
    for (ElementType each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    throw Refusals.model(
        "%s has elements of type %d; accepted are float, uint8, int8, int32 and int64"
            .formatted(where, code));
  }
}
