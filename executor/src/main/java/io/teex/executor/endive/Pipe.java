package io.teex.executor.endive;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * The only way in and out: frames over the inherited standard input and output, big-endian; the
 * worker's side is {@code io.teex.executor.Frames}.
 */
final class Pipe {
  private static final int TASK = 2;
  private static final int IMAGE = 1;
  private static final int RANGE = 3;
  private static final int READY = 10;
  private static final int LOADED = 11;
  private static final int DONE = 12;
  private static final int READ = 13;
  private static final int INFERRED = 4;
  private static final int INFER = 15;
  private static final int LOG = 14;
  private static final int LOG_BYTES_MAX = 1 << 16;
  private static final int SEED_BYTES = 32;

  private final DataInputStream in;
  private final DataOutputStream out;

  private final boolean showsLog;

  /**
   * @param showsLog false drops what services log: it would carry users' input to whoever reads it
   */
  Pipe(InputStream in, OutputStream out, boolean showsLog) {
    this.showsLog = showsLog;
    this.in = new DataInputStream(new BufferedInputStream(new Unasked(in)));
    this.out = new DataOutputStream(new BufferedOutputStream(out));
  }

  /**
   * Does not ask how much can be read, which takes a system call that the walls do not let through.
   */
  private static final class Unasked extends FilterInputStream {
    Unasked(InputStream in) {
      super(in);
    }

    @Override
    public int available() {
      return 0;
    }
  }

  void sendReady(byte[] engine) throws IOException {
    out.writeByte(READY);
    out.writeInt(engine.length);
    out.write(engine);
    out.flush();
  }

  byte[] readImage() throws IOException {
    expect(IMAGE);
    byte[] image = new byte[in.readInt()];
    in.readFully(image);
    return image;
  }

  void sendLoaded() throws IOException {
    out.writeByte(LOADED);
    out.writeInt(0);
    out.flush();
  }

  GuestTask readTask() throws IOException {
    expect(TASK);
    long fuelLimit = in.readLong();
    int memoryPages = in.readInt();
    int outputBytesMax = in.readInt();
    int hostCallCost = in.readInt();
    int eightBytesCost = in.readInt();
    byte[] seed = new byte[SEED_BYTES];
    in.readFully(seed);
    byte[] input = new byte[in.readInt()];
    RemoteDataset[] datasets = new RemoteDataset[in.readInt()];
    for (int i = 0; i < datasets.length; i++) {
      datasets[i] = new RemoteDataset(this, i, in.readLong());
    }
    in.readFully(input);
    return new GuestTask(
        fuelLimit,
        memoryPages,
        outputBytesMax,
        hostCallCost,
        eightBytesCost,
        seed,
        input,
        datasets,
        this::infer);
  }

  private Inferred infer(int model, long fuelLeft, int room, byte[] inputs) {
    try {
      out.writeByte(INFER);
      out.writeInt(2 * Integer.BYTES + Long.BYTES + inputs.length);
      out.writeInt(model);
      out.writeLong(fuelLeft);
      out.writeInt(room);
      out.write(inputs);
      out.flush();
      expect(INFERRED);
      int size = in.readInt();
      int status = in.readUnsignedByte();
      long fuel = in.readLong();
      byte[] outputs = new byte[size - 1 - Long.BYTES];
      in.readFully(outputs);
      return new Inferred(status, fuel, outputs);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The worker is gone, or speaks another language.
    }
  }

  /** Asks the worker for a range of a data set, and waits for it. */
  byte[] range(int dataset, long offset, int length) throws IOException {
    out.writeByte(READ);
    out.writeInt(Integer.BYTES + Long.BYTES + Integer.BYTES);
    out.writeInt(dataset);
    out.writeLong(offset);
    out.writeInt(length);
    out.flush();
    expect(RANGE);
    int size = in.readInt();
    if (size != length) {
      throw new IOException("%d bytes for a range of %d".formatted(size, length));
    }
    byte[] range = new byte[size];
    in.readFully(range);
    return range;
  }

  /** For the service's author, where it is developed. */
  void log(byte[] bytes) {
    if (!showsLog) {
      return;
    }
    try {
      for (int at = 0; at < bytes.length; at += LOG_BYTES_MAX) {
        int size = Math.min(LOG_BYTES_MAX, bytes.length - at);
        out.writeByte(LOG);
        out.writeInt(size);
        out.write(bytes, at, size);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The worker is gone, and so will this process be.
    }
  }

  void sendDone(Run.End end) throws IOException {
    byte[] output = end.output();
    out.writeByte(DONE);
    out.writeInt(1 + Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES);
    out.writeByte(end.outcome());
    out.writeInt(end.detail());
    out.writeLong(end.fuelUsed());
    out.writeLong(end.memoryBytes());
    out.writeInt(output.length);
    out.write(output);
    out.flush();
  }

  private void expect(int kind) throws IOException {
    int seen = in.readUnsignedByte();
    if (seen != kind) {
      throw new IOException("frame of kind %d where %d is due".formatted(seen, kind));
    }
  }
}
