package io.teex.attestation.source;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * TDX quotes and SNP reports from Linux, version 6.7 or later. Every request makes an instance of
 * its own under a random name and removes it again, so requests do not meet. That the evidence is
 * for this request is checked twice: the instance saw our writes and no others, and the evidence
 * carries our report data. (The kernel takes the report data when the file is closed and tells
 * nobody that it did not, so a write that succeeds means nothing.)
 *
 * @see <a href="https://docs.kernel.org/admin-guide/abi-testing.html">the kernel's
 *     configfs-tsm-report</a>
 */
final class TsmSource implements PlatformSource {
  private static final System.Logger LOG = System.getLogger(TsmSource.class.getName());

  /** With their pauses, about two seconds: a quoting service takes tens of milliseconds. */
  private static final int ATTEMPTS_MAX = 6;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final int NAME_BYTES = 16;
  private static final int ATTRIBUTE_SIZE_MAX = 4096;

  /** Try once more. */
  private static final class Again extends Exception {
    Again(String message) {
      super(message);
    }
  }

  private final KernelFiles files;
  private final GuestEventLog eventLog;
  private final SevGuestDevice keys;
  private final TsmProvider provider;
  private final OptionalInt privilegeLevel;
  private final RandomGenerator random;
  private final Pause pause;

  /**
   * @param files below {@code /sys/kernel/config/tsm/report}
   * @param eventLog of a TDX guest
   * @param keys of an SNP guest
   * @param privilegeLevel the SNP VMPL to ask for; the kernel's own if empty
   */
  TsmSource(
      KernelFiles files,
      GuestEventLog eventLog,
      SevGuestDevice keys,
      TsmProvider provider,
      OptionalInt privilegeLevel,
      RandomGenerator random,
      Pause pause) {
    this.files = files;
    this.eventLog = eventLog;
    this.keys = keys;
    this.provider = provider;
    this.privilegeLevel = privilegeLevel;
    this.random = random;
    this.pause = pause;
  }

  @Override
  public TeeKind kind() {
    return provider.kind();
  }

  @Override
  public String name() {
    return "configfs-tsm (%s)".formatted(provider.label());
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    Duration wait = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(reportData);
      } catch (Again e) {
        if (attempt == ATTEMPTS_MAX) {
          throw unavailable("%s, %d times".formatted(e.getMessage(), ATTEMPTS_MAX), e);
        }
      } catch (IOException e) {
        throw unavailable(
            KernelError.of(e) == KernelError.TOO_LARGE
                ? "the evidence is larger than the kernel takes (EFBIG)"
                : String.valueOf(e),
            e);
      }
      pause(wait);
      wait = wait.multipliedBy(2);
    }
  }

  private Endorsed attempt(ReportData reportData) throws IOException, Again {
    String instance = newName(random);
    boolean made = false;
    try {
      files.makeDirectory(instance);
      made = true;
      return report(instance, reportData);
    } catch (IOException e) {
      if (KernelError.of(e) == KernelError.BUSY) {
        throw new Again("the platform is busy: " + e.getMessage());
      }
      throw e;
    } finally {
      if (made) {
        remove(files, instance);
      }
    }
  }

  /** The name of an instance that nobody else has or guesses. */
  static String newName(RandomGenerator random) {
    byte[] suffix = new byte[NAME_BYTES];
    random.nextBytes(suffix);
    return "teex-" + HexFormat.of().formatHex(suffix);
  }

  static void remove(KernelFiles files, String instance) {
    try {
      files.removeDirectory(instance);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "report instance {0} stays: {1}", instance, e);
    }
  }

  private Endorsed report(String instance, ReportData reportData) throws IOException, Again {
    String seen = text(files, instance + "/provider");
    if (!seen.equals(provider.label())) {
      throw unavailable(
          "the kernel's provider is now %s, not %s".formatted(seen, provider.label()), null);
    }
    long expected = generation(instance) + 1;
    if (privilegeLevel.isPresent()) {
      write(instance + "/privlevel", String.valueOf(privilegeLevel.getAsInt()));
      expected++;
    }
    files.write(instance + "/inblob", reportData.value().copy());
    byte[] evidence = files.read(instance + "/outblob", Evidence.SIZE_MAX);
    Bytes bytes = Bytes.of(evidence);
    Collateral certificates =
        provider == TsmProvider.SEV_GUEST ? certificates(instance, bytes) : Collateral.none();
    long generation = generation(instance);
    if (generation != expected) {
      throw new Again(
          "the kernel counts %d writes instead of %d: it refused one, or somebody else wrote"
              .formatted(generation, expected));
    }
    if (evidence.length > Evidence.SIZE_MAX) {
      throw unavailable("the evidence has more than %d bytes".formatted(Evidence.SIZE_MAX), null);
    }
    if (!ReportDataField.of(provider.kind(), bytes).equals(reportData.value())) {
      throw new Again("the evidence does not carry the report data that was asked for");
    }
    return new Endorsed(
        new Evidence(provider.kind(), bytes),
        switch (provider) {
          case SEV_GUEST -> certificates;
          case TDX_GUEST -> log(bytes);
        });
  }

  private Collateral log(Bytes quote) {
    return eventLog
        .explaining(quote)
        .map(log -> new Collateral(Map.of(CollateralName.EVENT_LOG, log)))
        .orElseGet(Collateral::none);
  }

  /** A trust domain gets no key of its own from the module. */
  @Override
  public Optional<SealingSecret> sealing() {
    return switch (provider) {
      case SEV_GUEST -> Optional.of(new SnpSealingSecret(keys));
      case TDX_GUEST -> Optional.empty();
    };
  }

  private void write(String path, String value) throws IOException {
    files.write(path, value.getBytes(StandardCharsets.US_ASCII));
  }

  /** The certificates that the host gives along; many hosts give none. */
  private Collateral certificates(String instance, Bytes report) throws IOException {
    try {
      return CertificateTable.read(
          files.read(instance + "/auxblob", CertificateTable.SIZE_MAX), report);
    } catch (NoSuchFileException e) {
      return Collateral.none();
    } catch (IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the host''s certificates are not used: {0}",
          e.getMessage());
      return Collateral.none();
    }
  }

  private long generation(String instance) throws IOException {
    String text = text(files, instance + "/generation");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("generation is %s, not a number".formatted(text), e);
    }
  }

  static String text(KernelFiles files, String path) throws IOException {
    return new String(files.read(path, ATTRIBUTE_SIZE_MAX), StandardCharsets.US_ASCII).strip();
  }

  private void pause(Duration duration) {
    try {
      pause.pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("interrupted while the platform was busy", e);
    }
  }

  private TeexException unavailable(String what, @Nullable Exception e) {
    String message = "no evidence from %s: %s".formatted(name(), what);
    return e == null
        ? new TeexException(ErrorCode.UNAVAILABLE, message)
        : new TeexException(ErrorCode.UNAVAILABLE, message, e);
  }
}
