package io.teex.worker;

import io.teex.executor.inference.Model;
import io.teex.executor.instrument.CostTable;
import io.teex.executor.instrument.ImageParts;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Instrumented images on the worker's disk. A file's key takes two: the platform's, so that this
 * code on this machine alone can have written it, and the image's, so that nobody reads it before
 * the manager has released that image once more. What does not open is as good as absent; the host
 * can take files away, and gains nothing by putting back an older one, which is the same.
 */
final class SealedImages implements ImageCache {
  private static final int KEY_BYTES = 32;
  private static final int FILES_MAX = 256;
  private static final long FILE_BYTES_MAX = 256L << 20;
  private static final String ENDING = ".image";

  private final SecretBytes platformKey;
  private final Path directory;
  private final SecureRandom random;

  SealedImages(SecretBytes platformKey, Path directory, SecureRandom random) {
    this.platformKey = platformKey;
    this.directory = directory;
    this.random = random;
  }

  @Override
  public Optional<Instrumented> find(Bytes32 digest, SecretBytes imageKey) {
    try (SecretBytes key = key(digest, imageKey);
        SecretBytes plain = SealedContent.open(key, read(file(digest)))) {
      byte[] content = plain.expose();
      int pages = ByteBuffer.wrap(content).getInt();
      byte[] image = Arrays.copyOfRange(content, Integer.BYTES, content.length);
      ImageParts parts = ImageParts.of(image);
      Arrays.fill(content, (byte) 0);
      return Optional.of(
          new Instrumented(
              SecretBytes.owned(parts.module()),
              CostTable.CURRENT.digest(),
              pages,
              InstrumentOptions.DEFAULT,
              parts.models().stream().map(Model::read).toList()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | TeexException e) {
      log("unreadable, it will be made again", digest, e);
      return Optional.empty();
    }
  }

  private static Bytes read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > FILE_BYTES_MAX) {
      throw new IOException(
          "%d bytes, none of ours has more than %d".formatted(size, FILE_BYTES_MAX));
    }
    return Bytes.of(Files.readAllBytes(file));
  }

  @Override
  public void keep(Bytes32 digest, SecretBytes imageKey, Instrumented image) {
    byte[] parts =
        ImageParts.join(
            image.module().expose(),
            image.models().stream().map(model -> model.bytes().expose()).toList());
    byte[] content = new byte[Integer.BYTES + parts.length];
    ByteBuffer.wrap(content).putInt(image.memoryPagesMin()).put(parts);
    Arrays.fill(parts, (byte) 0);
    try (SecretBytes key = key(digest, imageKey);
        SecretBytes plain = SecretBytes.owned(content)) {
      Files.createDirectories(directory);
      Path fresh =
          Files.createTempFile(
              directory,
              ".fresh",
              null,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(fresh, SealedContent.seal(key, plain, random).copy());
      Files.move(fresh, file(digest), StandardCopyOption.ATOMIC_MOVE);
      dropOldest();
    } catch (IOException e) {
      log("not kept", digest, e);
    }
  }

  /** All that decides how a module comes out goes into its key. */
  private SecretBytes key(Bytes32 digest, SecretBytes imageKey) {
    byte[] platform = platformKey.expose();
    byte[] image = imageKey.expose();
    byte[] use =
        "TEEX instrumented image %s %s %s"
            .formatted(digest, CostTable.CURRENT.digest(), InstrumentOptions.DEFAULT)
            .getBytes(StandardCharsets.UTF_8);
    try {
      return SecretBytes.owned(
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(platform)
                      .addIKM(image)
                      .thenExpand(use, KEY_BYTES)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF-SHA256", e);
    } finally {
      Arrays.fill(platform, (byte) 0);
      Arrays.fill(image, (byte) 0);
    }
  }

  private Path file(Bytes32 digest) {
    return directory.resolve(digest + ENDING);
  }

  private void dropOldest() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.sorted(Comparator.comparingLong(SealedImages::age)).toList();
    }
    for (Path file : files.subList(0, Math.max(0, files.size() - FILES_MAX))) {
      Files.deleteIfExists(file);
    }
  }

  private static long age(Path file) {
    return file.toFile().lastModified();
  }

  private static void log(String what, Bytes32 digest, Exception why) {
    System.getLogger("io.teex.worker")
        .log(System.Logger.Level.DEBUG, "instrumented image %s: %s".formatted(digest, what), why);
  }
}
