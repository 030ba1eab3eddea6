package io.teex.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.CostTable;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instrumented images on a disk that belongs to somebody else. */
final class SealedImagesTest {
  private static final byte[] CODE =
      "the secret code of a service".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  private final SecureRandom random = new SecureRandom();
  private final Bytes32 digest = Bytes32.random(random);
  private final SecretBytes platformKey = SecretBytes.random(random, 32);
  private final SecretBytes imageKey = SecretBytes.random(random, 32);

  private ImageCache cache(SecretBytes key) {
    return new SealedImages(key, directory.resolve("images"), random);
  }

  private Path keep() throws IOException {
    Instrumented image =
        new Instrumented(
            SecretBytes.copyOf(CODE),
            CostTable.CURRENT.digest(),
            3,
            InstrumentOptions.DEFAULT,
            List.of());
    cache(platformKey).keep(digest, imageKey, image);
    try (Stream<Path> files = Files.list(directory.resolve("images"))) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }

  @Test
  void givesAnImageBackToTheNextProcess() throws IOException {
    keep();

    Instrumented found = cache(platformKey).find(digest, imageKey).orElseThrow();

    assertThat(found.module().expose()).isEqualTo(CODE);
    assertThat(found.memoryPagesMin()).isEqualTo(3);
    assertThat(found.costTable()).isEqualTo(CostTable.CURRENT.digest());
    assertThat(cache(platformKey).find(Bytes32.random(random), imageKey)).isEmpty();
  }

  @Test
  void opensWithBothKeysOnly() throws IOException {
    keep();
    SecretBytes other = SecretBytes.random(random, 32);

    // Whoever owns the image has its key, and may not write what a worker believes.
    assertThat(cache(other).find(digest, imageKey)).isEmpty();
    assertThat(cache(platformKey).find(digest, other)).isEmpty();
    assertThat(cache(imageKey).find(digest, platformKey)).isEmpty();
  }

  @Test
  void holdsNothingInTheClear() throws IOException {
    String file = new String(Files.readAllBytes(keep()), StandardCharsets.ISO_8859_1);

    assertThat(file).doesNotContain("secret code");
  }

  @Test
  void takesWhatWasChangedOrExchangedForAbsent() throws IOException {
    Path file = keep();
    byte[] sealed = Files.readAllBytes(file);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      assertThat(cache(platformKey).find(digest, imageKey)).isEmpty();
    }
    Files.write(file, Arrays.copyOf(sealed, 10));
    assertThat(cache(platformKey).find(digest, imageKey)).isEmpty();

    Bytes32 another = Bytes32.random(random);
    Files.write(file.resolveSibling(another + ".image"), sealed);
    assertThat(cache(platformKey).find(another, imageKey)).isEmpty();
  }
}
