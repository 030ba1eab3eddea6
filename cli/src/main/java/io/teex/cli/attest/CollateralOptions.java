package io.teex.cli.attest;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.cli.InputFile;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The documents that a verifier needs beside the evidence. Nothing is taken that is not named. */
public final class CollateralOptions {
  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String PEM_END = "-----END CERTIFICATE-----";

  @Option(
      names = "--collateral",
      paramLabel = "FILE",
      description = "Intel's or AMD's documents about the platform, as JSON.")
  private @Nullable Path collateral;

  @Option(
      names = "--vek",
      paramLabel = "FILE",
      description = "The VCEK or VLEK certificate of an SNP platform, DER or PEM.")
  private @Nullable Path vek;

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description = "What the TEE says that it measured: CCEL, or dstack's JSON.")
  private @Nullable Path eventLog;

  /** The documents of all files that were named. */
  public Collateral read() {
    Collateral documents = collateral == null ? Collateral.none() : CollateralFile.read(collateral);
    Map<String, Bytes> all = new TreeMap<>(documents.documents());
    if (vek != null) {
      all.put(CollateralName.VEK, Bytes.of(certificate(InputFile.read(vek))));
    }
    if (eventLog != null) {
      all.put(CollateralName.EVENT_LOG, Bytes.of(InputFile.read(eventLog)));
    }
    try {
      return new Collateral(all);
    } catch (IllegalArgumentException e) {
      throw new TeexException(ErrorCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The documents of all files that were named, or others if none was. */
  public Collateral readOr(Supplier<Collateral> otherwise) {
    return collateral == null && vek == null && eventLog == null ? otherwise.get() : read();
  }

  /** What was given and is not looked at for evidence of this kind. */
  List<String> unused(@Nullable TeeKind kind) {
    List<String> unused = new ArrayList<>();
    if (kind != null && vek != null && kind != TeeKind.SNP) {
      unused.add("--vek is for SEV-SNP reports: it is not looked at");
    }
    if (kind != null && eventLog != null && kind != TeeKind.TDX) {
      unused.add("--event-log is for TDX quotes: it is not looked at");
    }
    if (collateral != null && (kind == TeeKind.NITRO || kind == TeeKind.SIMULATED)) {
      unused.add("evidence of this kind needs no --collateral: it is not looked at");
    }
    return unused;
  }

  private static byte[] certificate(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(PEM_BEGIN);
    int end = text.indexOf(PEM_END);
    if (begin < 0 || end < begin) {
      return file;
    }
    try {
      return Base64.getMimeDecoder().decode(text.substring(begin + PEM_BEGIN.length(), end));
    } catch (IllegalArgumentException e) {
      throw new TeexException(ErrorCode.USAGE, "the PEM of --vek is not Base64", e);
    }
  }
}
