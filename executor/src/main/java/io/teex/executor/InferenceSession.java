package io.teex.executor;

import io.teex.executor.inference.Model;
import io.teex.protocol.Isolation;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inference process of one task, taken when it is first asked for: a fresh one, or under {@link
 * Isolation#SESSION} one that served the same user and image, as guests' processes are.
 */
final class InferenceSession implements AutoCloseable {
  private final Inference inference;
  private final Job job;
  private @Nullable GuestProcess process;
  private boolean sound;
  private boolean closed;

  InferenceSession(Inference inference, Job job) {
    this.inference = inference;
    this.job = job;
  }

  /** Empty if the model fails on these inputs. */
  Optional<byte[]> run(int model, byte[] inputs, Model.Quote quote) throws IOException {
    GuestProcess running = take();
    setSound(false);
    Optional<byte[]> answer = running.infer(model, inputs, quote);
    setSound(running.isSound());
    return answer;
  }

  private synchronized void setSound(boolean now) {
    sound = now;
  }

  private GuestProcess take() throws IOException {
    synchronized (this) {
      if (process != null) {
        return process;
      }
    }
    GuestProcess taken;
    try {
      taken = inference.pool().take(job);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an inference process started", e);
    }
    synchronized (this) {
      process = taken;
      if (closed) {
        inference.pool().end(taken);
        throw new IOException("the task has ended");
      }
    }
    taken.load(job.module().models());
    return taken;
  }

  /** From any thread; whoever waits for an answer then reads the end of the pipe. */
  @Override
  public synchronized void close() {
    if (process != null && !closed) {
      if (sound && job.isolation() == Isolation.SESSION) {
        inference.pool().keep(job, process);
      } else {
        inference.pool().end(process);
      }
    }
    closed = true;
  }
}
