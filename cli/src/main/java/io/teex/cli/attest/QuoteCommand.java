package io.teex.cli.attest;

import io.teex.attestation.ClassPathMeasurement;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.attestation.source.EvidenceSources;
import io.teex.cli.Output;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teex attest quote}: evidence of the TEE that this command runs in. */
@Command(
    name = "quote",
    mixinStandardHelpOptions = true,
    description =
        "Makes evidence of the TEE that this command runs in, in the platform's own form.",
    footer = {"", "Example: ./teex attest quote --report-data 48656c6c6f --out quote.bin"})
final class QuoteCommand implements Callable<Integer> {
  /** Where the evidence comes from; {@code AUTO} takes what is there, never a simulation. */
  enum Source {
    AUTO,
    SIMULATED
  }

  @Option(
      names = "--report-data",
      paramLabel = "HEX",
      defaultValue = "",
      description = "What it vouches for, at most 64 bytes, filled up with zeros (default: zeros).")
  private String reportData;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "auto",
      description =
          "auto: Gramine, Nitro, or the TDX or SNP guest's kernel; simulated: --platform.")
  private Source source;

  @Option(
      names = "--platform",
      paramLabel = "DIR",
      description = "The directory of a simulated platform; it is made if it is not there.")
  private @Nullable Path platform;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the evidence there (default: print it in hexadecimal).")
  private @Nullable Path out;

  @Option(
      names = "--collateral-out",
      paramLabel = "FILE",
      description =
          "Write what the platform gave along, such as a VCEK certificate or an event log, there.")
  private @Nullable Path collateralOut;

  @Mixin private Output output;

  @Override
  public Integer call() {
    ReportData vouched = HexOption.reportData(reportData);
    Endorsed endorsed = endorsed(vouched);
    Evidence evidence = endorsed.evidence();
    Path file = out;
    if (file != null) {
      write(file, evidence.bytes().copy());
    }
    if (collateralOut != null) {
      String documents = CollateralFile.write(endorsed.collateral());
      write(collateralOut, documents.getBytes(StandardCharsets.UTF_8));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", Names.code(evidence.kind()));
    json.put("report_data", vouched.value().toHex());
    json.put("bytes", evidence.bytes().size());
    if (file == null) {
      json.put("evidence", evidence.bytes().toHex());
    } else {
      json.put("file", file.toString());
    }
    boolean simulated = evidence.kind() == TeeKind.SIMULATED;
    json.put("labels", simulated ? List.of("SIMULATED") : List.of());
    output.result(
        json,
        file == null
            ? evidence.bytes().toHex()
            : "%s holds %s of %,d bytes."
                .formatted(file, Names.words(evidence.kind()), evidence.bytes().size()));
    return 0;
  }

  private Endorsed endorsed(ReportData vouched) {
    SecureRandom random = new SecureRandom();
    if (source == Source.AUTO) {
      return new EvidenceSources(Path.of("/"), OptionalInt.empty(), random)
          .require()
          .endorsed(vouched);
    }
    if (platform == null) {
      throw new TeexException(
          ErrorCode.USAGE, "--source simulated needs --platform DIR: a simulation has no machine");
    }
    return SimulatedPlatform.openOrCreate(platform, Instant.now(), random)
        .tee(ClassPathMeasurement.ofThisProcess(QuoteCommand.class))
        .endorsed(vouched);
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s cannot be written (%s)".formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }
}
