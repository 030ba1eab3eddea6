package io.teex.chain;

import ethereum.ckzg4844.CKZG4844JNI;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The native library that Ethereum's clients make and check their proofs with (c-kzg-4844). It is
 * an optional dependency, and in no process before {@link #load} was called there; decision 14 says
 * why.
 */
public final class NativeKzg implements BlobProver {
  /**
   * What the KZG ceremony of Ethereum left to everybody, byte for byte as c-kzg-4844 has it. With
   * another one, nodes would refuse what is made here.
   */
  private static final String CEREMONY = "trusted_setup.txt";

  private static final int G1_BYTES = 48;
  private static final int G2_BYTES = 96;

  /** The library keeps one ceremony per process, and refuses a second. */
  private static boolean loaded;

  private NativeKzg() {}

  /**
   * Loads the library, once per process.
   *
   * @throws TeexException {@code DEPENDENCY_MISSING} if it is not there, or not for this machine
   */
  public static synchronized NativeKzg load() {
    if (!loaded) {
      try {
        CKZG4844JNI.loadNativeLibrary();
        loadCeremony();
      } catch (LinkageError | RuntimeException e) {
        throw new TeexException(
            ErrorCode.DEPENDENCY_MISSING,
            "blobs need the native library of jc-kzg-4844, which cannot be loaded on %s %s: %s"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e),
            e);
      }
      loaded = true;
    }
    return new NativeKzg();
  }

  private static void loadCeremony() {
    try (InputStream in = NativeKzg.class.getResourceAsStream(CEREMONY)) {
      if (in == null) {
        throw new IllegalStateException(CEREMONY + " is not beside this class");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      int g1 = Integer.parseInt(line(lines));
      int g2 = Integer.parseInt(line(lines));
      byte[] lagrange = points(lines, g1, G1_BYTES);
      byte[] monomialG2 = points(lines, g2, G2_BYTES);
      byte[] monomialG1 = points(lines, g1, G1_BYTES);
      CKZG4844JNI.loadTrustedSetup(monomialG1, lagrange, monomialG2, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] points(BufferedReader lines, int count, int size) throws IOException {
    byte[] points = new byte[count * size];
    for (int i = 0; i < count; i++) {
      System.arraycopy(HexFormat.of().parseHex(line(lines)), 0, points, i * size, size);
    }
    return points;
  }

  private static String line(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new IllegalStateException(CEREMONY + " ends too early");
    }
    return line;
  }

  @Override
  public Proven prove(Bytes blob) {
    byte[] content = blob.copy();
    return new Proven(
        Bytes.of(CKZG4844JNI.blobToKzgCommitment(content)),
        Bytes.of(CKZG4844JNI.computeCellsAndKzgProofs(content).getProofs()));
  }
}
