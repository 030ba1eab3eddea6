package io.teex.blobs;

import static io.teex.blobs.DirectoryBlobStoreTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreMainTest {
  private static final Pattern READY = Pattern.compile("\\{\"ready\":\"blobs\",\"port\":(\\d+)}");

  @TempDir Path directory;

  private Process start(String config) throws IOException {
    Path file = Files.writeString(directory.resolve("blobs.properties"), config);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            BlobStoreMain.class.getName(),
            file.toString())
        .redirectError(directory.resolve("log").toFile())
        .start();
  }

  private static int port(Process process) throws IOException {
    BufferedReader out = process.inputReader();
    Matcher ready = READY.matcher(String.valueOf(out.readLine()));
    assertThat(ready.matches()).isTrue();
    return Integer.parseInt(ready.group(1));
  }

  @Test
  void servesUntilItIsTold() throws Exception {
    Process process = start("data=" + directory.resolve("data") + "\nparent.watch=false\n");
    try (HttpBlobStore client =
        new HttpBlobStore(URI.create("http://127.0.0.1:" + port(process)))) {
      Cid cid = client.put(Contents.ofSize(2_000_000));
      assertThat(client.get(cid)).isEqualTo(Contents.ofSize(2_000_000));
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsWithItsParent() throws Exception {
    Process process = start("data=" + directory.resolve("data") + "\nparent.watch=true\n");
    port(process);

    process.outputWriter().close();

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void endsWithTheCodeOfAWrongConfiguration() throws Exception {
    Process process = start("dta=x\n");

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ErrorCode.USAGE.exitCode());
    assertThat(Files.readString(directory.resolve("log"))).contains("dta: unknown key");
  }

  private static BlobStoreConfig config(String... keysAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
    }
    return BlobStoreConfig.of(properties);
  }

  @Test
  void hasDefaults() {
    assertThat(config("data", "d"))
        .isEqualTo(
            new BlobStoreConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Path.of("d"),
                false,
                64 << 20));
  }

  @Test
  void takesEveryKey() {
    assertThat(
            config(
                "data", "e", "listen", "0.0.0.0:80", "parent.watch", "true", "blob.bytes-max", "9"))
        .isEqualTo(
            new BlobStoreConfig(new InetSocketAddress("0.0.0.0", 80), Path.of("e"), true, 9));
  }

  @Test
  void refusesWrongValues() {
    assertFails(ErrorCode.USAGE, () -> config());
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "listen", "80"));
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "listen", "host:port"));
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "listen", "host:70000"));
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "parent.watch", "yes"));
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "blob.bytes-max", "0"));
    assertFails(ErrorCode.USAGE, () -> config("data", "d", "blob.bytes-max", "many"));
  }
}
