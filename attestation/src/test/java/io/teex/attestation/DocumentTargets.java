package io.teex.attestation;

import io.teex.attestation.cbor.Cbor;
import io.teex.attestation.collateral.CollateralFile;
import io.teex.attestation.fuzz.Mutators;
import io.teex.attestation.fuzz.Target;
import io.teex.attestation.source.EvidenceKinds;
import io.teex.attestation.testing.Unsigned;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What reads evidence of any kind, certificates, and the files of TEEX itself. */
public final class DocumentTargets {
  private final Simulation simulation;
  private final Evidence evidence;
  private final Policy policy;

  private DocumentTargets(Path directory) {
    simulation = new Simulation(directory);
    evidence = simulation.worker.evidence(Simulation.reportData(1));
    policy = simulation.policy();
  }

  public static List<Target> all() {
    try {
      Path directory = Files.createTempDirectory("teex-fuzz-");
      try {
        return new DocumentTargets(directory.resolve("platform")).targets();
      } finally {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("no simulated platform can be kept", e);
    }
  }

  private List<Target> targets() {
    return List.of(
        new Target("evidence", 60, evidences(), List.of(), this::examine),
        new Target("cbor", 400, cbor(), List.of(Mutators.cbor()), DocumentTargets::cbor),
        new Target("policy", 150, policies(), List.of(Mutators.json()), DocumentTargets::policy),
        new Target(
            "decision", 30, List.of(decision()), List.of(Mutators.json()), DocumentTargets::decide),
        new Target(
            "certificate",
            120,
            certificates(),
            List.of(Mutators.der(), Mutators.pem()),
            DocumentTargets::certificate),
        new Target(
            "certificate-cbor",
            40,
            cborForms(),
            List.of(Mutators.cbor()),
            DocumentTargets::extension),
        new Target(
            "certificate-form",
            60,
            otherForms(),
            List.of(Mutators.der()),
            DocumentTargets::extension),
        new Target(
            "conceptual-message",
            60,
            messages(),
            List.of(Mutators.json()),
            DocumentTargets::message));
  }

  private static Target.Seed text(String name, String text) {
    return new Target.Seed(name, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Target.Seed> evidences() {
    List<Target.Seed> seeds = new ArrayList<>();
    seeds.add(new Target.Seed("simulated", evidence.bytes()));
    seeds.add(new Target.Seed("simulated, encoded", Bytes.of(evidence.encode())));
    if (VectorCase.isPresent()) {
      for (String quote : List.of("sgx/teepot-sgx-00606a000000", "tdx/dcap-qvl-tdx-b0c06f000000")) {
        seeds.add(new Target.Seed(quote, VectorCase.of(quote).file("quote.bin")));
      }
      seeds.add(new Target.Seed("snp", VectorCase.of("snp/milan-v2-trustee").file("report.bin")));
    }
    return seeds;
  }

  /** As the command for people does it; the simulated TEE's appraiser is only reached this way. */
  private void examine(Target.Seed seed, byte[] input) {
    EvidenceKinds.recognise(input)
        .ifPresent(recognised -> {
          Checks checks = new Checks();
          if (recognised.kind() == evidence.kind()) {
            new SimulatedAppraiser()
                .appraise(
                    recognised.bytes(),
                    Collateral.none(),
                    TimeInterval.at(Simulation.NOW),
                    policy,
                    checks);
          } else {
            new Verifier()
                .appraise(
                    recognised,
                    Collateral.none(),
                    TimeInterval.at(Simulation.NOW),
                    Policy.strict());
          }
        });
  }

  private static List<Target.Seed> cbor() {
    List<Target.Seed> seeds = new ArrayList<>();
    seeds.add(
        new Target.Seed("small", Bytes.fromHex("d9ea6082430102034ba16161a2016162029f0102ff")));
    seeds.add(new Target.Seed("map", Bytes.fromHex("a3616101616282f5f6616343010203")));
    if (VectorCase.isPresent()) {
      seeds.add(
          new Target.Seed(
              "nitro", VectorCase.of("nitro/dstack-nsm-2025").file("attestation.cbor")));
    }
    return seeds;
  }

  private static void cbor(Target.Seed seed, byte[] input) {
    try {
      Cbor.decode(Bytes.of(input));
    } catch (IllegalArgumentException e) {
      // As it should be.
    }
  }

  private List<Target.Seed> policies() {
    return List.of(text("strict", Policy.strict().toJson()), text("simulated", policy.toJson()));
  }

  private static void policy(Target.Seed seed, byte[] input) {
    try {
      PolicyLint.check(Policy.parse(new String(input, StandardCharsets.UTF_8)));
    } catch (TeexException e) {
      requireCode(e, ErrorCode.USAGE);
    }
  }

  private Target.Seed decision() {
    TimeInterval time = TimeInterval.at(Simulation.NOW);
    Expected expected = new Expected(Simulation.reportData(1), Role.WORKER);
    Verdict verdict = new Verifier().verify(evidence, Collateral.none(), time, policy, expected);
    return text(
        "own",
        Decision.of(evidence, Collateral.none(), time, policy, expected, verdict)
            .sign(SigningKey.generate(Simulation.RANDOM))
            .toJson());
  }

  private static void decide(Target.Seed seed, byte[] input) {
    try {
      Decision.Recorded.parse(new String(input, StandardCharsets.UTF_8)).decision().replay();
    } catch (TeexException e) {
      requireCode(e, ErrorCode.MALFORMED, ErrorCode.SIGNATURE_INVALID, ErrorCode.USAGE);
    }
  }

  private List<Target.Seed> certificates() {
    Bytes own = certificate();
    return List.of(new Target.Seed("own", own), text("in PEM", CollateralFile.pem(own.copy())));
  }

  private Bytes certificate() {
    X509Certificate certificate =
        RaTls.issue(
            Unsigned.KEY,
            Role.WORKER,
            simulation.worker,
            Simulation.NOW,
            Duration.ofHours(1),
            Simulation.RANDOM);
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static void certificate(Target.Seed seed, byte[] input) {
    try {
      Certificates.first(input).ifPresent(DocumentTargets::look);
    } catch (CertificateException e) {
      // As it should be.
    }
  }

  private List<Target.Seed> cborForms() {
    byte[] claims = ForeignForms.claims(Unsigned.KEY);
    return List.of(
        form(RaTls.EVIDENCE_OID, evidence.encode()),
        form(RaTls.EVIDENCE_OID, ForeignForms.dice(new byte[60], claims)));
  }

  private List<Target.Seed> otherForms() {
    byte[] quote = quote();
    return List.of(
        form(ForeignCertificate.GRAMINE_LEGACY_OID, quote),
        form(ForeignCertificate.DSTACK_QUOTE_OID, ForeignForms.cbor(quote)),
        form(
            ForeignCertificate.DSTACK_EVENT_LOG_OID,
            ForeignForms.cbor(ForeignForms.gzipped(new byte[2_000]))),
        envelope(ForeignForms.envelope("tdx", "quote", quote)),
        envelope(ForeignForms.snpEnvelope(quote, certificate().copy())),
        envelope(ForeignForms.oldEnvelope(0, quote)),
        form(
            ForeignCertificate.CMW_OID,
            ForeignForms.cbor(
                ForeignForms.recordCbor(ForeignForms.TSM_CBOR, "tdx_guest", quote, 4))));
  }

  private static byte[] quote() {
    byte[] quote = new byte[60];
    quote[4] = (byte) 0x81;
    return quote;
  }

  private static Target.Seed envelope(byte[] envelope) {
    return form(ForeignCertificate.DSTACK_ENVELOPE_OID, ForeignForms.cbor(envelope));
  }

  private static Target.Seed form(String oid, byte[] content) {
    return new Target.Seed(oid, Bytes.of(content));
  }

  private static List<Target.Seed> messages() {
    String record = ForeignForms.record(ForeignForms.TSM_JSON, "tdx_guest", new byte[60]);
    return List.of(text("record", record), text("collection", "{\"a\":%s}".formatted(record)));
  }

  private static void message(Target.Seed seed, byte[] input) {
    look(
        Map.of(
            ForeignCertificate.CMW_OID,
            ForeignForms.json(new String(input, StandardCharsets.UTF_8))));
  }

  /** Of the extension's content; the rest of the certificate is in order. */
  private static void extension(Target.Seed seed, byte[] input) {
    Map<String, byte[]> extensions = new TreeMap<>(Map.of(seed.name(), input));
    if (seed.name().equals(ForeignCertificate.DSTACK_QUOTE_OID)) {
      extensions.put(ForeignCertificate.DSTACK_EVENT_LOG_OID, input);
    } else if (seed.name().equals(ForeignCertificate.DSTACK_EVENT_LOG_OID)) {
      extensions.put(ForeignCertificate.DSTACK_QUOTE_OID, ForeignForms.cbor(quote()));
    }
    look(extensions);
  }

  private static void look(Map<String, byte[]> extensions) {
    look(Unsigned.certificate(extensions));
  }

  static void look(X509Certificate certificate) {
    try {
      RaTls.foreign(certificate);
    } catch (TeexException e) {
      requireCode(e, ErrorCode.ATTESTATION_REFUSED);
    }
    try {
      RaTls.requireStructure(certificate, TimeInterval.at(Simulation.NOW));
      RaTls.binding(certificate, Role.WORKER);
    } catch (TeexException e) {
      requireCode(e, ErrorCode.ATTESTATION_REFUSED);
    }
  }

  private static void requireCode(TeexException e, ErrorCode... codes) {
    if (!List.of(codes).contains(e.code())) {
      throw e;
    }
  }
}
