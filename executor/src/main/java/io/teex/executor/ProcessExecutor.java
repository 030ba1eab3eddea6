package io.teex.executor;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The executor: a pool of sandboxed processes of one engine. */
public final class ProcessExecutor implements Executor {
  private static final SecretBytes NO_OUTPUT = SecretBytes.owned(new byte[0]);

  private final ExecutorConfig config;
  private final ProcessPool pool;
  private final Inference inference;
  private final Semaphore slots;
  private final Facts facts;
  private final List<Path> programs;
  private final boolean boundsMemory;

  private ProcessExecutor(ExecutorConfig config, Launcher launcher, Inference inference) {
    this.config = config;
    this.inference = inference;
    this.pool = new ProcessPool(config.pool(), launcher);
    this.slots = new Semaphore(config.pool().parallelMax());
    this.programs = launcher.programs();
    this.boundsMemory = launcher.boundsMemory();
    this.facts = new Facts(launcher.engine(), config.walls().osSandbox());
  }

  /**
   * Finds the engine and bubblewrap, tries them, and starts the first processes.
   *
   * @throws TeexException {@code DEPENDENCY_MISSING} if Node is missing, too old or does not start,
   *     {@code SANDBOX_MISSING} if bubblewrap is missing or refused, with what to do about it
   */
  public static ProcessExecutor start(ExecutorConfig config) {
    return startLogging(config, GuestLog.NONE);
  }

  /**
   * The same for who develops a service: shows what it logs. Nobody else may use it.
   *
   * @throws TeexException as {@link #start(ExecutorConfig)}
   */
  public static ProcessExecutor startLogging(ExecutorConfig config, GuestLog log) {
    return new ProcessExecutor(
        config,
        new Launcher(config, directory -> engine(config, directory), log),
        new Inference(config, directory -> new OnnxEngine(config, directory)));
  }

  private static Engine engine(ExecutorConfig config, WorkDirectory directory) {
    return switch (config.engine()) {
      case V8 -> new V8Engine(config, directory);
      case ENDIVE -> new EndiveEngine(config);
    };
  }

  /** With an engine of a test's own. */
  static ProcessExecutor start(ExecutorConfig config, Function<WorkDirectory, Engine> engines) {
    return start(config, engines, directory -> new OnnxEngine(config, directory));
  }

  /** And a runtime for models of its own. */
  static ProcessExecutor start(
      ExecutorConfig config,
      Function<WorkDirectory, Engine> engines,
      Function<WorkDirectory, Engine> runtimes) {
    return new ProcessExecutor(
        config, new Launcher(config, engines, GuestLog.NONE), new Inference(config, runtimes));
  }

  @Override
  public Facts facts() {
    return facts;
  }

  /**
   * The programs that see what guests see: the engine's, and bubblewrap if it is used; real paths.
   */
  public List<Path> programs() {
    return programs;
  }

  /**
   * Whether a control group bounds all memory of each process. Where none can be made, resource
   * limits bound its private memory alone.
   */
  public boolean boundsMemory() {
    return boundsMemory;
  }

  /** Waits until the processes that are started ahead of demand are ready for it. */
  public void awaitPool() throws InterruptedException {
    pool.awaitFresh();
  }

  @Override
  public Result run(Job job, Task task) throws InterruptedException {
    if (job.module().options().stackBytesMax() > config.stackBytesMax()) {
      throw new IllegalArgumentException(
          "the module was instrumented for %d bytes of call stack, this executor has %d"
              .formatted(job.module().options().stackBytesMax(), config.stackBytesMax()));
    }
    int memoryPages = memoryPages(job, task);
    if (job.module().memoryPagesMin() > memoryPages) {
      return new Result(Outcome.OUT_OF_MEMORY, NO_OUTPUT, 0, 0, Frames.outOfMemory(task));
    }
    if (!slots.tryAcquire()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "%d tasks run already, as many as may run at once"
              .formatted(config.pool().parallelMax()));
    }
    try {
      return runInProcess(job, task, memoryPages);
    } finally {
      slots.release();
    }
  }

  private static int memoryPages(Job job, Task task) {
    long pages = task.memoryBytes() / Frames.PAGE_BYTES;
    return (int) Math.min(pages, job.module().options().memoryPagesMax());
  }

  private Result runInProcess(Job job, Task task, int memoryPages) throws InterruptedException {
    GuestProcess process;
    try {
      process = pool.take(job);
    } catch (IOException e) {
      return failure(Outcome.ENGINE_FAILURE, "no process could be started for the engine");
    }
    Result result = failure(Outcome.ENGINE_FAILURE, "the engine's process died or misbehaved");
    try (InferenceSession session = new InferenceSession(inference, job)) {
      result = talk(process, job, task, memoryPages, session);
    } catch (IOException e) {
      // What a dying or hostile process wrote is nobody's to read: the outcome says enough.
    } finally {
      boolean sound = isHealthy(result.outcome()) && process.isSound();
      if (job.isolation() == Isolation.SESSION && sound) {
        pool.keep(job, process);
      } else {
        pool.end(process);
      }
    }
    return result;
  }

  private static boolean isHealthy(Outcome outcome) {
    return outcome != Outcome.ENGINE_FAILURE && outcome != Outcome.OUT_OF_TIME;
  }

  /**
   * All of it counts as the task's time: its order ends at a certain moment, whatever of the time
   * until then the engine needs to get ready.
   */
  private Result talk(
      GuestProcess process, Job job, Task task, int memoryPages, InferenceSession session)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + task.wallTime().toNanos();
    boolean hasty = task.wallTime().compareTo(config.start()) < 0;
    try {
      exchange(
          process,
          session,
          hasty ? task.wallTime() : config.start(),
          () -> {
            process.load(job.module());
            return process;
          });
    } catch (TimeoutException e) {
      return hasty
          ? outOfTime(task)
          : failure(Outcome.ENGINE_FAILURE, "the engine was not ready in time");
    }
    try {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      InferenceServer models = new InferenceServer(task, job.module().models(), session);
      return exchange(process, session, left, () -> process.run(task, memoryPages, models));
    } catch (TimeoutException e) {
      return outOfTime(task);
    }
  }

  private static Result outOfTime(Task task) {
    return failure(
        Outcome.OUT_OF_TIME, "took longer than the %s allowed".formatted(task.wallTime()));
  }

  private static Result failure(Outcome outcome, String message) {
    return new Result(outcome, NO_OUTPUT, 0, 0, message);
  }

  /** Talks to the process on a thread of its own, because reading a pipe heeds no interrupt. */
  private <T> T exchange(
      GuestProcess process, InferenceSession session, Duration limit, Callable<T> talk)
      throws IOException, TimeoutException, InterruptedException {
    FutureTask<T> answer = new FutureTask<>(talk);
    Thread talker = Thread.ofVirtual().name("teex-executor-talker").start(answer);
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException broken -> throw broken;
        case TeexException refused -> throw refused;
        case null, default ->
            throw new IllegalStateException("talking to the executor process failed", e.getCause());
      }
    } finally {
      if (!answer.isDone()) {
        process.close(); // The talker then reads the end of the pipe.
        session.close(); // Or of this one.
        talker.interrupt(); // Or it waits for a data set.
        awaitEnd(talker);
      }
    }
  }

  /** Whoever closes the data sets next may rely on nobody reading them. */
  private static void awaitEnd(Thread talker) {
    boolean interrupted = false;
    while (talker.isAlive()) {
      try {
        talker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** For tests that look at processes from outside. */
  ProcessPool pool() {
    return pool;
  }

  Inference inference() {
    return inference;
  }

  List<GuestProcess> processes() {
    return pool.processes();
  }

  @Override
  public void close() {
    pool.close();
    inference.close();
  }
}
