package io.teex.teeds;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk in memory that can be full, and that can lose power at any operation: then it keeps what
 * was synced, and of the rest what a journaling file system may keep. It also notes the nonce of
 * everything ever appended to a log, kept or lost, and fails a replica that uses one twice.
 */
final class SimulatedDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  private static final class File {
    byte[] bytes = new byte[64];
    int size;
    int synced;

    byte[] content() {
      return Arrays.copyOf(bytes, size);
    }

    void add(byte[] more, int count) {
      if (bytes.length < size + count) {
        bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
      }
      System.arraycopy(more, 0, bytes, size, count);
      size += count;
    }
  }

  private final Random random;
  private final Set<String> nonces;
  private final Map<String, File> files = new TreeMap<>();
  // Removed, but not for certain before the next crash.
  private final Map<String, File> removed = new HashMap<>();
  private long operationsLeft = Long.MAX_VALUE;
  private long bytesLeft = Long.MAX_VALUE;
  private int syncsToFail;
  private boolean dead;

  SimulatedDisk(Random random) {
    this(random, new HashSet<>());
  }

  private SimulatedDisk(Random random, Set<String> nonces) {
    this.random = random;
    this.nonces = nonces;
  }

  /** Loses power after so many operations more, in the middle of the last one. */
  synchronized void crashAfter(long operations) {
    operationsLeft = operations;
  }

  /** Takes only so many bytes more. */
  synchronized void fillUpTo(long bytes) {
    bytesLeft = bytes;
  }

  /** Fails so many syncs, of which nobody knows what they kept. */
  synchronized void failSyncs(int count) {
    syncsToFail = count;
  }

  synchronized void repair() {
    bytesLeft = Long.MAX_VALUE;
    syncsToFail = 0;
  }

  synchronized boolean crashed() {
    return dead;
  }

  /** What is left after the crash, on a disk that works. */
  synchronized SimulatedDisk restarted() {
    SimulatedDisk after = new SimulatedDisk(random, nonces);
    Map<String, File> left = new TreeMap<>(removed);
    left.values().removeIf(file -> random.nextBoolean());
    left.putAll(files);
    left.forEach((name, file) -> after.files.put(name, surviving(file)));
    return after;
  }

  /** An exact copy, as an attacker would make. */
  synchronized SimulatedDisk copy() {
    SimulatedDisk copy = new SimulatedDisk(random, nonces);
    files.forEach((name, file) -> copy.files.put(name, durable(file.content())));
    return copy;
  }

  private static File durable(byte[] content) {
    File file = new File();
    file.add(content, content.length);
    file.synced = content.length;
    return file;
  }

  private File surviving(File file) {
    byte[] content = file.content();
    int unsynced = content.length - file.synced;
    if (unsynced == 0) {
      return durable(content);
    }
    return durable(
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(content, file.synced);
          case 1 -> Arrays.copyOf(content, file.synced + random.nextInt(unsynced + 1));
          case 2 -> zeroFrom(content, file.synced);
          default -> withoutSomeSectors(content, file.synced);
        });
  }

  /** The file has its size, or less, but nothing was written beyond some sector. */
  private byte[] zeroFrom(byte[] content, int synced) {
    byte[] result = Arrays.copyOf(content, synced + random.nextInt(content.length - synced + 1));
    int boundary = (synced / SECTOR_BYTES + 1 + random.nextInt(3)) * SECTOR_BYTES;
    int from = random.nextBoolean() ? synced : boundary;
    if (from < result.length) {
      Arrays.fill(result, from, result.length, (byte) 0);
    }
    return result;
  }

  /** The file has its size and its first unsynced sectors, but lacks some of the later ones. */
  private byte[] withoutSomeSectors(byte[] content, int synced) {
    byte[] result = content.clone();
    int first = (synced + RecordHeader.BYTES) / SECTOR_BYTES + 1;
    for (int from = first * SECTOR_BYTES; from + 8 <= content.length; from += SECTOR_BYTES) {
      if (random.nextBoolean()) {
        Arrays.fill(result, from, Math.min(from + SECTOR_BYTES, content.length), (byte) 0);
      }
    }
    return result;
  }

  /** The content of all files, to be damaged. */
  synchronized Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    files.forEach((name, file) -> contents.put(name, file.content()));
    return contents;
  }

  static SimulatedDisk of(Map<String, byte[]> contents) {
    SimulatedDisk disk = new SimulatedDisk(new Random(1));
    contents.forEach((name, content) -> disk.files.put(name, durable(content)));
    return disk;
  }

  /** Counts an operation; returns whether the power fails in it. */
  private boolean fails() throws IOException {
    if (dead) {
      throw new IOException("no power");
    }
    dead = --operationsLeft < 0;
    return dead;
  }

  private static IOException powerFailure() {
    return new IOException("power failed");
  }

  @Override
  public synchronized List<String> names() throws IOException {
    if (fails()) {
      throw powerFailure();
    }
    return new ArrayList<>(files.keySet());
  }

  @Override
  public synchronized Appender create(String name) throws IOException {
    boolean fails = fails();
    File file = new File();
    files.put(name, file);
    if (fails) {
      throw powerFailure();
    }
    return new SimulatedAppender(file);
  }

  private final class SimulatedAppender implements Appender {
    private final File file;
    private String instance = "";

    SimulatedAppender(File file) {
      this.file = file;
    }

    @Override
    public void append(byte[] bytes, int count) throws IOException {
      synchronized (SimulatedDisk.this) {
        noteNonce(bytes, count);
        if (fails()) {
          file.add(bytes, random.nextInt(count + 1));
          throw powerFailure();
        }
        int taken = (int) Math.min(count, bytesLeft);
        file.add(bytes, taken);
        bytesLeft -= taken;
        if (taken < count) {
          throw new IOException("No space left on device");
        }
      }
    }

    /** A segment begins with its header, and every record is appended at once. */
    private void noteNonce(byte[] bytes, int count) {
      if (file.size == 0) {
        instance = Arrays.toString(Arrays.copyOf(bytes, count));
        if (!nonces.add(instance)) {
          throw new AssertionError("an instance was used twice");
        }
      } else if (RecordHeader.isIntact(bytes, RecordHeader.decode(bytes).index())
          && !nonces.add(RecordHeader.decode(bytes).index() + " " + instance)) {
        throw new AssertionError("a nonce was used twice");
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        if (fails()) {
          file.synced = random.nextBoolean() ? file.size : file.synced;
          throw powerFailure();
        }
        if (syncsToFail > 0) {
          syncsToFail--;
          throw new IOException("Input/output error");
        }
        file.synced = file.size;
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized Source open(String name) throws IOException {
    if (fails()) {
      throw powerFailure();
    }
    File file = files.get(name);
    if (file == null) {
      throw new IOException("no file " + name);
    }
    byte[] content = file.content();
    return new Source() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public byte[] read(long position, int count) throws IOException {
        if (position + count > content.length) {
          throw new IOException("read beyond the end of " + name);
        }
        return Arrays.copyOfRange(content, (int) position, (int) position + count);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized void publish(String draft, String name) throws IOException {
    boolean fails = fails();
    if (!fails || random.nextBoolean()) {
      File file = files.remove(draft);
      if (file == null) {
        throw new IOException("no file " + draft);
      }
      files.put(name, file);
      removed.remove(name);
    }
    if (fails) {
      throw powerFailure();
    }
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    boolean fails = fails();
    File file = files.remove(name);
    if (file != null && !FileNames.isDraft(name)) {
      removed.put(name, file);
    }
    if (fails) {
      throw powerFailure();
    }
  }

  @Override
  public void close() {}
}
