package io.teex.executor.endive;

import java.util.Map;

/**
 * The import module {@code teex}: input, output, data sets by range and the image's models. Answers
 * -1 where an argument makes no sense, so that a guest need not trap over it.
 */
final class TeexModule {
  private static final long FAILED = 0xFFFF_FFFFL;
  private static final int INFER_BYTES_MAX = 16 << 20;

  private final Guest guest;
  private final GuestTask task;

  private TeexModule(Guest guest) {
    this.guest = guest;
    this.task = guest.task();
  }

  static Map<String, HostCall> of(Guest guest) {
    TeexModule module = new TeexModule(guest);
    return Map.of(
        "dataset_count", a -> module.charged(module.task.datasets().length),
        "dataset_size", a -> module.datasetSize((int) a[0]),
        "dataset_read", a -> module.datasetRead((int) a[0], a[1], (int) a[2], (int) a[3]),
        "input_size", a -> module.charged(module.task.input().length),
        "input_read", a -> module.inputRead((int) a[0], (int) a[1], (int) a[2]),
        "output_write", a -> module.outputWrite((int) a[0], (int) a[1]),
        "log", a -> module.log((int) a[0], (int) a[1]),
        "infer", a -> module.infer((int) a[0], (int) a[1], (int) a[2], (int) a[3], (int) a[4]));
  }

  private long charged(long answer) {
    guest.charge(0);
    return answer;
  }

  private boolean exists(int index) {
    return index >= 0 && index < task.datasets().length;
  }

  private long datasetSize(int index) {
    return charged(exists(index) ? task.datasets()[index].size() : -1);
  }

  private long datasetRead(int index, long offset, int pointer, int size) {
    if (!exists(index) || !guest.holds(pointer, size) || offset < 0) {
      return charged(FAILED);
    }
    RemoteDataset dataset = task.datasets()[index];
    int count = count(size, dataset.size(), offset);
    guest.charge(Integer.toUnsignedLong(count));
    dataset.copyTo(guest.memory(), pointer, offset, count);
    return count;
  }

  private long inputRead(int offset, int pointer, int size) {
    if (!guest.holds(pointer, size)) {
      return charged(FAILED);
    }
    long from = Integer.toUnsignedLong(offset);
    int count = count(size, task.input().length, from);
    guest.charge(Integer.toUnsignedLong(count));
    if (count > 0) {
      guest.memory().write(pointer, task.input(), (int) from, count);
    }
    return count;
  }

  private static int count(int size, long length, long offset) {
    return (int) Math.max(0, Math.min(Integer.toUnsignedLong(size), length - offset));
  }

  private long log(int pointer, int size) {
    boolean holds = guest.holds(pointer, size);
    guest.charge(holds ? Integer.toUnsignedLong(size) : 0);
    if (!holds) {
      return FAILED;
    }
    guest.log(pointer, size);
    guest.endLogLine(); // One call is one line, as standard error makes its own.
    return 0;
  }

  private long infer(int model, int pointer, int size, int to, int room) {
    boolean holds = guest.holds(pointer, size) && guest.holds(to, room) && size >= 0 && room >= 0;
    guest.charge(holds ? size : 0);
    if (!holds || size > INFER_BYTES_MAX) {
      return FAILED;
    }
    byte[] inputs = size == 0 ? new byte[0] : guest.memory().readBytes(pointer, size);
    Inferred answer = task.models().infer(model, guest.fuelLeft(), room, inputs);
    guest.take(answer.fuel());
    if (answer.status() != 0) {
      return -Integer.toUnsignedLong(answer.status()) & FAILED;
    }
    guest.memory().write(to, answer.outputs());
    return answer.outputs().length;
  }

  private long outputWrite(int pointer, int size) {
    boolean holds = guest.holds(pointer, size);
    guest.charge(holds ? Integer.toUnsignedLong(size) : 0);
    if (!holds) {
      return FAILED;
    }
    guest.write(pointer, size);
    return 0;
  }
}
