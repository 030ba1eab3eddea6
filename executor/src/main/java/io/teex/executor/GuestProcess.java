package io.teex.executor;

import io.teex.executor.inference.Model;
import io.teex.executor.instrument.Instrumented;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One executor process and the pipe to it. Used by one thread at a time; any may kill it. */
final class GuestProcess implements AutoCloseable {
  private static final int PIPE_BYTES = 1 << 16;
  private static final int UNREADY_SECONDS_MAX = 30;

  private final Process process;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final GuestLog log;
  private volatile boolean ready;
  private boolean loaded;
  private String engine = "";

  private GuestProcess(Process process, GuestLog log) {
    this.process = process;
    this.log = log;
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), PIPE_BYTES));
    this.out =
        new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), PIPE_BYTES));
  }

  /**
   * Starts a process, without waiting until it is ready.
   *
   * @param environment all of it
   * @param errors where its standard error goes: whatever a stranger's process writes there, nobody
   *     reads it once the sandbox is known to work
   */
  static GuestProcess start(
      List<String> command,
      Map<String, String> environment,
      ProcessBuilder.Redirect errors,
      GuestLog log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new GuestProcess(builder.start(), log);
  }

  /** Waits until the process has started and returns the engine's name. */
  synchronized String awaitReady() throws IOException {
    if (!ready) {
      engine = Frames.readReady(in);
      ready = true;
    }
    return engine;
  }

  /** Has the process compile its module, once. */
  void load(Instrumented module) throws IOException {
    awaitReady();
    if (!loaded) {
      Frames.writeImage(out, module);
      Frames.readLoaded(in);
      loaded = true;
    }
  }

  Result run(Task task, int memoryPages, InferenceServer inference) throws IOException {
    Frames.writeTask(out, task, memoryPages);
    return Frames.serve(in, out, task, memoryPages, log, inference);
  }

  /** Has an inference process load its models, once. */
  void load(List<Model> models) throws IOException {
    awaitReady();
    if (!loaded) {
      InferenceFrames.writeModels(out, models);
      Frames.readLoaded(in);
      loaded = true;
    }
  }

  /** Asks an inference process; empty if the model fails on these inputs. */
  Optional<byte[]> infer(int model, byte[] inputs, Model.Quote quote) throws IOException {
    InferenceFrames.writeQuestion(out, model, inputs);
    return InferenceFrames.readAnswer(in, quote);
  }

  /** Whether it lives and has said nothing that it was not asked for. */
  boolean isSound() {
    try {
      return process.isAlive() && in.available() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  Process process() {
    return process;
  }

  /** Kills it. With bubblewrap between, the namespace ends with its first process. */
  @Override
  public void close() {
    if (ready) {
      process.destroyForcibly();
    } else {
      closeUnready();
    }
  }

  /**
   * Bubblewrap that is killed while it builds the sandbox leaves a child that waits for it for
   * ever. What is not ready has met no task yet, and ends by itself when it finds its input closed.
   */
  private void closeUnready() {
    try {
      out.close();
    } catch (IOException e) {
      // Then the process has closed its end, because it is about to end.
    }
    Future<?> _ =
        process
            .onExit()
            .completeOnTimeout(process, UNREADY_SECONDS_MAX, TimeUnit.SECONDS)
            .thenAccept(Process::destroyForcibly);
  }
}
