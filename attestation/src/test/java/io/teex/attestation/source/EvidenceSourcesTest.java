package io.teex.attestation.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.ReportData;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvidenceSourcesTest {
  private static final ReportData DATA = new ReportData(FakeTsm.bytes(7, ReportData.SIZE));

  @TempDir Path root;

  /** Does on real files what the kernel does behind them. */
  private static final class ReactingDirectory implements KernelFiles {
    private final Path directory;
    private final KernelFiles files;
    private final String provider;

    ReactingDirectory(Path directory, String provider) {
      this.directory = directory;
      this.files = new DirectoryKernelFiles(directory);
      this.provider = provider;
    }

    @Override
    public boolean isDirectory(String path) {
      return files.isDirectory(path);
    }

    @Override
    public void makeDirectory(String path) throws IOException {
      files.makeDirectory(path);
      Path instance = directory.resolve(path);
      Files.writeString(instance.resolve("provider"), provider + "\n");
      Files.writeString(instance.resolve("generation"), "0\n");
      Files.createFile(instance.resolve("inblob"));
    }

    @Override
    public void removeDirectory(String path) throws IOException {
      Path instance = directory.resolve(path);
      for (String file : new String[] {"provider", "generation", "inblob", "outblob"}) {
        Files.deleteIfExists(instance.resolve(file));
      }
      files.removeDirectory(path);
    }

    @Override
    public void write(String path, byte[] value) throws IOException {
      files.write(path, value);
      Path instance = directory.resolve(path).resolveSibling("generation");
      Files.writeString(instance, "1\n");
      Files.write(
          instance.resolveSibling("outblob"),
          FakeTsm.evidence(provider, Files.readAllBytes(instance.resolveSibling("inblob")), 1184));
    }

    @Override
    public byte[] read(String path, int sizeMax) throws IOException {
      return files.read(path, sizeMax);
    }
  }

  private EvidenceSources sources(String provider) {
    return new EvidenceSources(
        root,
        directory -> new ReactingDirectory(directory, provider),
        OptionalInt.empty(),
        new Random());
  }

  private void makeTsm() throws IOException {
    Files.createDirectories(root.resolve("sys/kernel/config/tsm/report"));
  }

  private void makeGramine(String type) throws IOException {
    Path attestation = Files.createDirectories(root.resolve("dev/attestation"));
    Files.writeString(attestation.resolve("attestation_type"), type);
  }

  @Test
  void findsNothingOnAnOrdinaryMachineAndFallsBackToNothing() {
    EvidenceSources real = new EvidenceSources(root, OptionalInt.empty(), new Random());

    assertThat(real.detect()).isEmpty();
    assertThatThrownBy(real::require)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("/dev/attestation")
        .hasMessageContaining("/dev/nsm")
        .hasMessageContaining("/sys/kernel/config/tsm/report");
  }

  @Test
  void findsTheGuestsThatLinuxKnows() throws IOException {
    makeTsm();

    PlatformSource tdx = sources("tdx_guest").require();
    PlatformSource snp = sources("sev_guest").require();

    assertThat(tdx.kind()).isEqualTo(TeeKind.TDX);
    assertThat(snp.kind()).isEqualTo(TeeKind.SNP);
    assertThat(tdx.evidence(DATA).bytes().slice(568, 632)).isEqualTo(DATA.value());
    assertThat(snp.evidence(DATA).bytes().slice(0x50, 0x90)).isEqualTo(DATA.value());
    try (var left = Files.list(root.resolve("sys/kernel/config/tsm/report"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void doesNotTakeAProviderThatItDoesNotKnow() throws IOException {
    makeTsm();

    assertThat(sources("arm_cca_guest").detect()).isEmpty();
  }

  @Test
  void doesNotTakeADirectoryThatNoKernelStandsBehind() throws IOException {
    makeTsm();

    assertThat(new EvidenceSources(root, OptionalInt.empty(), new Random()).detect()).isEmpty();
  }

  @Test
  void findsGramineUnlessItsRemoteAttestationIsOff() throws IOException {
    makeGramine("none");
    assertThat(sources("").detect()).isEmpty();

    makeGramine("dcap");
    assertThat(sources("").detect().map(PlatformSource::name)).contains("Gramine (dcap)");
  }

  @Test
  void findsNitro() throws IOException {
    Files.createDirectories(root.resolve("dev"));
    Files.createFile(root.resolve("dev/nsm"));

    Optional<PlatformSource> found = sources("").detect();

    assertThat(found.map(PlatformSource::kind)).contains(TeeKind.NITRO);
    // An ordinary file takes no ioctl.
    assertThatThrownBy(() -> found.orElseThrow().evidence(DATA)).hasMessageContaining("error 25");
  }

  @Test
  void prefersTheSmallestTee() throws IOException {
    makeTsm();
    Files.createDirectories(root.resolve("dev"));
    Files.createFile(root.resolve("dev/nsm"));
    assertThat(sources("tdx_guest").require().kind()).isEqualTo(TeeKind.NITRO);

    makeGramine("dcap");
    assertThat(sources("tdx_guest").require().kind()).isEqualTo(TeeKind.SGX);
  }

  @Test
  void readsNoMoreOfAFileThanItIsTold() throws IOException {
    Files.write(root.resolve("large"), new byte[100_000]);

    assertThat(new DirectoryKernelFiles(root).read("large", 10)).hasSize(11);
  }

  /** {@code EWOULDBLOCK} arrives from the JDK as a reading of no bytes. */
  @Test
  void doesNotWaitForAFileThatWouldBlock() {
    ReadableByteChannel blocked =
        new ReadableByteChannel() {
          @Override
          public int read(ByteBuffer into) {
            return 0;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };

    assertThatThrownBy(() -> DirectoryKernelFiles.read(blocked, 10))
        .isInstanceOfSatisfying(
            IOException.class, e -> assertThat(KernelError.of(e)).isEqualTo(KernelError.BUSY));
  }

  @Test
  void makesNoFileWhereTheKernelHasNone() {
    assertThatThrownBy(() -> new DirectoryKernelFiles(root).write("absent", new byte[1]))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
    assertThat(root.resolve("absent")).doesNotExist();
  }
}
