package io.teex.executor;

import io.teex.executor.Frames.ProtocolException;
import io.teex.executor.inference.Model;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers what one task's guest asks of the models of its image. What it costs is known before
 * anything runs, and is taken from what the guest's process says that it has left, but no more than
 * the task can have.
 */
final class InferenceServer {
  /** Of the inputs of one call. */
  static final int INPUT_BYTES_MAX = 16 << 20;

  // What became of a call, for the guest's process.
  static final int ANSWERED = 0;
  static final int REFUSED = 1;
  static final int NO_ROOM = 2;
  static final int FAILED = 3;
  static final int OUT_OF_FUEL = 4;

  private static final byte[] NOTHING = {};

  /**
   * @param fuel that the call costs
   * @param outputs empty unless {@link #ANSWERED}
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and only passed on.
  record Answer(int status, long fuel, byte[] outputs) {}

  private final Task task;
  private final List<Model> models;
  private final InferenceSession session;
  private final Set<Integer> loaded = new HashSet<>();
  private long fuel;

  InferenceServer(Task task, List<Model> models, InferenceSession session) {
    this.task = task;
    this.models = models;
    this.session = session;
  }

  /** The fuel that the calls so far cost. */
  long fuel() {
    return fuel;
  }

  /**
   * @param fuelLeft as the guest's process says
   * @param room bytes that the guest has for the answer
   * @throws IOException if the inference process died or misbehaved
   */
  Answer infer(int index, long fuelLeft, int room, byte[] inputs) throws IOException {
    if (fuelLeft < 0 || fuelLeft > task.fuelLimit() || room < 0) {
      throw new ProtocolException(
          "a call with %d fuel left of %d".formatted(fuelLeft, task.fuelLimit()));
    }
    if (index < 0 || index >= models.size()) {
      return new Answer(REFUSED, 0, NOTHING);
    }
    Model model = models.get(index);
    long left = Math.min(fuelLeft, task.fuelLimit() - fuel);
    if (model.lookingFuel() > left) {
      return new Answer(OUT_OF_FUEL, model.lookingFuel(), NOTHING);
    }
    Optional<Model.Quote> found = model.quote(inputs);
    if (found.isEmpty() || found.get().answerBytes() > room) {
      fuel += model.lookingFuel();
      return new Answer(found.isEmpty() ? REFUSED : NO_ROOM, model.lookingFuel(), NOTHING);
    }
    Model.Quote quote = found.get();
    long cost = quote.fuel() + (loaded.contains(index) ? 0 : model.loadingFuel());
    if (cost > left) {
      return new Answer(OUT_OF_FUEL, cost, NOTHING);
    }
    fuel += cost;
    loaded.add(index);
    return session
        .run(index, inputs, quote)
        .map(outputs -> new Answer(ANSWERED, cost, outputs))
        .orElse(new Answer(FAILED, cost, NOTHING));
  }
}
