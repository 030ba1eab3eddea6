package io.teex.attestation.source;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Behaves as the report directory of Linux does, in memory, with the troubles a test asks for. */
final class FakeTsm implements KernelFiles {
  /** One report instance. */
  static final class Instance {
    long generation;
    byte[] inblob = new byte[0];
    String privlevel = "";
  }

  private final Map<String, Instance> instances = new HashMap<>();
  private final Queue<IOException> errors = new ArrayDeque<>();
  private final List<String> made = new ArrayList<>();

  String provider = "tdx_guest";
  byte[] auxblob = new byte[0];
  boolean refusesReportData;
  int evidenceSize = 1184;

  /** What real hardware said once; it is given whatever the report data. */
  Bytes genuine = Bytes.EMPTY;

  /** Is done while the kernel makes a report, as if by another process. */
  Runnable meanwhile = () -> {};

  /** The privilege levels that were asked for. */
  final List<String> privilegeLevels = new ArrayList<>();

  /** The next readings of {@code outblob} fail so. */
  void failing(String... messages) {
    for (String message : messages) {
      errors.add(new FileSystemException("outblob", null, message));
    }
  }

  /** How many instances were made, and how many are left. */
  synchronized List<String> made() {
    return List.copyOf(made);
  }

  synchronized int left() {
    return instances.size();
  }

  synchronized void writeToAll(byte[] inblob) {
    for (Instance instance : instances.values()) {
      instance.inblob = inblob;
      instance.generation++;
    }
  }

  @Override
  public boolean isDirectory(String path) {
    return path.isEmpty();
  }

  @Override
  public synchronized void makeDirectory(String path) throws IOException {
    if (instances.putIfAbsent(path, new Instance()) != null) {
      throw new FileAlreadyExistsException(path);
    }
    made.add(path);
  }

  @Override
  public synchronized void removeDirectory(String path) throws IOException {
    if (instances.remove(path) == null) {
      throw new NoSuchFileException(path);
    }
  }

  @Override
  public synchronized void write(String path, byte[] value) throws IOException {
    Instance instance = instance(path);
    switch (attribute(path)) {
      case "inblob" -> {
        if (refusesReportData) {
          return;
        }
        instance.inblob = value.clone();
      }
      case "privlevel" -> {
        instance.privlevel = new String(value, StandardCharsets.US_ASCII);
        privilegeLevels.add(instance.privlevel);
      }
      default -> throw new FileSystemException(path, null, "Permission denied");
    }
    instance.generation++;
  }

  @Override
  public byte[] read(String path, int sizeMax) throws IOException {
    String attribute = attribute(path);
    if (attribute.equals("outblob")) {
      meanwhile.run();
    }
    synchronized (this) {
      Instance instance = instance(path);
      byte[] value =
          switch (attribute) {
            case "provider" -> (provider + "\n").getBytes(StandardCharsets.US_ASCII);
            case "generation" -> (instance.generation + "\n").getBytes(StandardCharsets.US_ASCII);
            case "outblob" -> outblob(instance);
            case "auxblob" -> auxblob;
            default -> throw new NoSuchFileException(path);
          };
      return Arrays.copyOf(value, Math.min(value.length, sizeMax + 1));
    }
  }

  private byte[] outblob(Instance instance) throws IOException {
    IOException error = errors.poll();
    if (error != null) {
      throw error;
    }
    if (instance.inblob.length == 0) {
      throw new FileSystemException("outblob", null, "Invalid argument");
    }
    return genuine.isEmpty() ? evidence(provider, instance.inblob, evidenceSize) : genuine.copy();
  }

  /** As much of a quote of version 4, or of a report, as a source looks at. */
  static byte[] evidence(String provider, byte[] reportData, int size) {
    byte[] evidence = new byte[size];
    boolean tdx = provider.equals("tdx_guest");
    evidence[0] = (byte) (tdx ? 4 : 3);
    System.arraycopy(reportData, 0, evidence, tdx ? 48 + 520 : 0x50, reportData.length);
    return evidence;
  }

  private Instance instance(String path) throws NoSuchFileException {
    Instance instance = instances.get(path.substring(0, path.indexOf('/')));
    if (instance == null) {
      throw new NoSuchFileException(path);
    }
    return instance;
  }

  private static String attribute(String path) {
    return path.substring(path.indexOf('/') + 1);
  }

  static Bytes bytes(int fill, int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) fill);
    return Bytes.of(bytes);
  }
}
