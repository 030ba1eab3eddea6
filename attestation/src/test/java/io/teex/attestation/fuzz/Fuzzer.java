package io.teex.attestation.fuzz;

import io.teex.protocol.Bytes;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Gives targets inputs that are made of their seeds, and watches what each costs. Every input
 * follows from the run's seed, the target's name and its number, so it can be made again, whatever
 * the number of threads. Only signatures that a target makes itself differ from run to run.
 */
final class Fuzzer {
  /** Of one input: far above what the longest takes, far below what would be an attack. */
  static final long CPU_NANOS_MAX = 1_000_000_000L;

  static final long ALLOCATED_MAX = 64L << 20;

  private static final int FINDINGS_MAX = 20;
  private static final int BATCH = 64;
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Target> targets;
  private final long seed;
  private final Map<String, Figures> figures = new LinkedHashMap<>();
  private final Map<String, Finding> findings = new ConcurrentHashMap<>();
  private final List<AtomicReference<@Nullable Current>> current = new ArrayList<>();

  /** What a thread reads at the moment, and since when. */
  record Current(Target target, Target.Seed seed, long index, Bytes input, long since) {}

  Fuzzer(List<Target> targets, long seed) {
    this.targets = List.copyOf(targets);
    this.seed = seed;
    targets.forEach(target -> figures.put(target.name(), new Figures()));
  }

  Map<String, Figures> figures() {
    return figures;
  }

  /** One of each cause. */
  List<Finding> findings() {
    return List.copyOf(findings.values());
  }

  /** What has been read for longer than {@code nanos}: it may never end. */
  List<Finding> hanging(long nanos) {
    List<Finding> hanging = new ArrayList<>();
    for (AtomicReference<@Nullable Current> reference : current) {
      Current one = reference.get();
      if (one != null && System.nanoTime() - one.since() > nanos) {
        hanging.add(
            new Finding(
                one.target().name(),
                one.seed().name(),
                one.index(),
                one.input(),
                "hangs: it is being read for more than %d s".formatted(nanos / 1_000_000_000),
                null));
      }
    }
    return hanging;
  }

  /** Returns when all inputs were read, or when there are too many findings. */
  void run(long inputs, int threads) throws InterruptedException {
    List<Work> works = works(inputs);
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      AtomicReference<@Nullable Current> reference = new AtomicReference<>();
      current.add(reference);
      running.add(
          Thread.ofPlatform().daemon().name("fuzz-" + i).start(() -> work(works, reference)));
    }
    for (Thread thread : running) {
      thread.join();
    }
  }

  /** The inputs of one target, by number. */
  private record Work(Target target, long count, AtomicLong taken, Inputs inputs) {}

  private List<Work> works(long inputs) {
    long shares = targets.stream().mapToLong(Target::share).sum();
    List<Work> works = new ArrayList<>();
    for (Target target : targets) {
      long count = Math.max(1, (inputs * target.share() + shares - 1) / shares);
      works.add(new Work(target, count, new AtomicLong(), new Inputs(target, seed)));
    }
    return works;
  }

  private void work(List<Work> works, AtomicReference<@Nullable Current> reference) {
    for (Work work : works) {
      long from = work.taken().getAndAdd(BATCH);
      while (from < work.count() && findings.size() < FINDINGS_MAX) {
        long to = Math.min(work.count(), from + BATCH);
        for (long index = from; index < to; index++) {
          read(work, index, reference);
        }
        from = work.taken().getAndAdd(BATCH);
      }
    }
  }

  private void read(Work work, long index, AtomicReference<@Nullable Current> reference) {
    Target target = work.target();
    Inputs.Input made = work.inputs().make(index);
    Bytes input = made.bytes();
    byte[] bytes = input.copy();
    reference.set(new Current(target, made.seed(), index, input, System.nanoTime()));
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    Throwable thrown = null;
    try {
      target.reader().read(made.seed(), bytes);
    } catch (Throwable e) { // Whatever it is: errors are what is looked for.
      thrown = e;
    }
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuBefore;
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
    reference.set(null);
    Objects.requireNonNull(figures.get(target.name())).add(cpu, allocated);
    if (thrown != null) {
      add(work, made, index, "throws: " + thrown, thrown);
    } else if (cpu > CPU_NANOS_MAX) {
      add(work, made, index, "slow: %d ms of CPU".formatted(cpu / 1_000_000), null);
    } else if (allocated > ALLOCATED_MAX) {
      add(work, made, index, "greedy: it allocates %,d bytes".formatted(allocated), null);
    }
  }

  private void add(
      Work work, Inputs.Input made, long index, String what, @Nullable Throwable thrown) {
    Finding finding =
        new Finding(work.target().name(), made.seed().name(), index, made.bytes(), what, thrown);
    findings.putIfAbsent(finding.cause(), finding);
  }

  /** Makes the inputs of a target. */
  private static final class Inputs {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final Target target;
    private final long start;
    private final Mutations mutations;
    private final List<List<Mutator.Source>> sources = new ArrayList<>();

    record Input(Target.Seed seed, Bytes bytes) {}

    Inputs(Target target, long seed) {
      this.target = target;
      this.start = seed * 31 + target.name().hashCode();
      List<byte[]> seeds = target.seeds().stream().map(one -> one.bytes().copy()).toList();
      mutations = new Mutations(seeds);
      for (byte[] bytes : seeds) {
        List<Mutator.Source> all = new ArrayList<>();
        all.add(mutations.of(bytes));
        target.mutators().forEach(mutator -> all.add(mutator.of(bytes)));
        sources.add(all);
      }
    }

    /** Of the structured ones a part is spoilt once more, as any bytes. */
    Input make(long index) {
      SplittableRandom random = new SplittableRandom(start + index * GOLDEN);
      int seed = random.nextInt(sources.size());
      List<Mutator.Source> all = sources.get(seed);
      int which = all.size() == 1 ? 0 : Math.max(0, random.nextInt(2 * all.size() - 1) / 2);
      byte[] bytes = all.get(which).next(random);
      if (which > 0 && random.nextInt(8) == 0) {
        bytes = mutations.mutated(bytes, random);
      }
      return new Input(target.seeds().get(seed), Bytes.of(bytes));
    }
  }
}
