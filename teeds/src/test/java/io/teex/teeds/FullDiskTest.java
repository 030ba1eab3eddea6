package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.StoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is really full; {@link CrashTest} has the simulated one. */
class FullDiskTest {
  @TempDir Path directory;

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  @Test
  void refusesWritesWhileThereIsNoSpaceAndTakesThemAfterwards() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "no mount command");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.toString()),
        "mounting takes root");
    try {
      fill();
    } finally {
      assertThat(run("umount", directory.toString())).isTrue();
    }
  }

  private void fill() throws IOException {
    Path ballast = directory.resolve("ballast");
    Path data = directory.resolve("data");
    try (SealedReplica replica = SealedReplica.open(data, Keys.shardKey(), new SecureRandom())) {
      replica.put(bytes("before"), bytes("1"));
      Files.write(ballast, new byte[900 << 10]);

      assertFails(
          ErrorCode.UNAVAILABLE,
          "No space left",
          () -> replica.put(bytes("large"), Keys.filled(500 << 10, 1)));
      assertThat(replica.get(bytes("before"))).isPresent();
      assertThat(replica.get(bytes("large"))).isEmpty();
      Files.delete(ballast);

      replica.put(bytes("after"), bytes("2"));
    }
    try (SealedReplica replica = SealedReplica.open(data, Keys.shardKey(), new SecureRandom())) {
      assertThat(replica.get(bytes("before"))).isPresent();
      assertThat(replica.get(bytes("large"))).isEmpty();
      assertThat(replica.get(bytes("after"))).isPresent();
    }
  }
}
