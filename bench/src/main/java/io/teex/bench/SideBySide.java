package io.teex.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same thing done by several at once, each as often as its share says. */
final class SideBySide {
  interface Run {
    /**
     * @param who of those that run at once, from 0 on
     */
    void run(int who) throws InterruptedException;
  }

  private SideBySide() {}

  static double perSecond(int parallel, int count, Run run) throws InterruptedException {
    long begun = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int who = 0; who < parallel; who++) {
        int self = who;
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < count / parallel; i++) {
                run.run(self);
              }
              return null;
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return count / parallel * parallel / ((System.nanoTime() - begun) / 1e9);
  }
}
