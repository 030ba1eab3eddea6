package io.teex.protocol;

/** The EIP-712 hash of a task's {@link Order}, see {@link Order#id}. */
public record TaskId(Bytes32 value) implements Comparable<TaskId> {
  public static TaskId fromHex(String hex) {
    return new TaskId(Bytes32.fromHex(hex));
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
