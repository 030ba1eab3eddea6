package io.teex.attestation.source;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Finds out what this process runs in, by what is there, in this order:
 *
 * <ol>
 *   <li>Gramine: {@code /dev/attestation/attestation_type} says {@code dcap}
 *   <li>Nitro: {@code /dev/nsm} is there
 *   <li>TDX or SNP guest: {@code /sys/kernel/config/tsm/report} makes a report instance of a known
 *       provider
 * </ol>
 *
 * The smallest TEE comes first: an enclave measures the process, a guest all that runs in it. The
 * simulated TEE is never found; who wants it has to say so.
 */
public final class EvidenceSources {
  private static final System.Logger LOG = System.getLogger(EvidenceSources.class.getName());
  private static final String GRAMINE = "dev/attestation";
  private static final String NITRO = "dev/nsm";
  private static final String SEV_GUEST = "dev/sev-guest";
  private static final String TABLES = "sys/firmware/acpi/tables/data";
  private static final String TSM = "sys/kernel/config/tsm/report";

  private final Path root;
  private final Function<Path, KernelFiles> files;
  private final OptionalInt privilegeLevel;
  private final RandomGenerator random;

  /**
   * @param root {@code /}, but in tests
   * @param privilegeLevel the VMPL that SNP reports are asked for at; the kernel's own if empty
   */
  public EvidenceSources(Path root, OptionalInt privilegeLevel, RandomGenerator random) {
    this(root, DirectoryKernelFiles::new, privilegeLevel, random);
  }

  EvidenceSources(
      Path root,
      Function<Path, KernelFiles> files,
      OptionalInt privilegeLevel,
      RandomGenerator random) {
    this.root = root;
    this.files = files;
    this.privilegeLevel = privilegeLevel;
    this.random = random;
  }

  /** The source that this machine has, if it has one. */
  public Optional<PlatformSource> detect() {
    Optional<PlatformSource> found = gramine().or(this::nitro).or(this::tsm);
    LOG.log(
        System.Logger.Level.INFO,
        "evidence comes from: {0}",
        found.map(PlatformSource::name).orElse("nowhere"));
    return found;
  }

  /**
   * The same for a process that cannot do without.
   *
   * @throws TeexException {@code UNAVAILABLE}, with the places that were looked at
   */
  public PlatformSource require() {
    return detect()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.UNAVAILABLE,
                "this process runs in no TEE that is known: looked for /%s (Gramine), /%s (Nitro) "
                        .formatted(GRAMINE, NITRO)
                    + "and /%s (TDX, SNP; Linux 6.7 with CONFIG_TSM_REPORTS)".formatted(TSM)));
  }

  private Optional<PlatformSource> gramine() {
    KernelFiles attestation = files.apply(root.resolve(GRAMINE));
    try {
      return TsmSource.text(attestation, "attestation_type").equals("dcap")
          ? Optional.of(new GramineSource(attestation))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<PlatformSource> nitro() {
    Path device = root.resolve(NITRO);
    return Files.exists(device)
        ? Optional.of(new NitroSource(new LinuxNsm(device.toString())))
        : Optional.empty();
  }

  private Optional<PlatformSource> tsm() {
    KernelFiles reports = files.apply(root.resolve(TSM));
    if (!reports.isDirectory("")) {
      return Optional.empty();
    }
    String instance = TsmSource.newName(random);
    try {
      reports.makeDirectory(instance);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.INFO, "/{0} makes no report instance: {1}", TSM, e);
      return Optional.empty();
    }
    try {
      return source(reports, TsmSource.text(reports, instance + "/provider"));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.INFO, "/{0} names no provider: {1}", TSM, e);
      return Optional.empty();
    } finally {
      TsmSource.remove(reports, instance);
    }
  }

  private Optional<PlatformSource> source(KernelFiles reports, String name) {
    for (TsmProvider provider : TsmProvider.values()) {
      if (provider.label().equals(name)) {
        return Optional.of(
            new TsmSource(
                reports,
                new GuestEventLog(files.apply(root.resolve(TABLES))),
                new LinuxSevGuest(root.resolve(SEV_GUEST).toString()),
                provider,
                privilegeLevel,
                random,
                Pause.SLEEP));
      }
    }
    LOG.log(System.Logger.Level.WARNING, "provider {0} of /{1} is not supported", name, TSM);
    return Optional.empty();
  }
}
