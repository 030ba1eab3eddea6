package io.teex.attestation.intel;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.attestation.Verifier;
import io.teex.attestation.testing.Json;
import io.teex.attestation.testing.VectorCase;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Genuine SGX and TDX evidence, as a verifier gets it. */
final class IntelVectors {
  static final String SGX = "sgx/teepot-sgx-00606a000000";
  static final String TDX = "tdx/dcap-qvl-tdx-b0c06f000000";
  static final String TDX_PADDED = "tdx/gcp-cos113-ccel-00806f050000";
  static final String TDX_V5 = "tdx-v5/go-tdx-guest-v5-90c06f000000";

  /** The parts of a collateral.json, the name of each in a collateral, and whether it is in hex. */
  private static final Map<String, String> TEXTS =
      Map.of(
          "pck_crl_issuer_chain", CollateralName.PCK_CRL_ISSUER_CHAIN,
          "tcb_info_issuer_chain", CollateralName.TCB_INFO_ISSUER_CHAIN,
          "tcb_info", CollateralName.TCB_INFO,
          "qe_identity_issuer_chain", CollateralName.QE_IDENTITY_ISSUER_CHAIN,
          "qe_identity", CollateralName.QE_IDENTITY);

  private static final Map<String, String> BINARIES =
      Map.of(
          "root_ca_crl", CollateralName.ROOT_CA_CRL,
          "pck_crl", CollateralName.PCK_CRL,
          "tcb_info_signature", CollateralName.TCB_INFO_SIGNATURE,
          "qe_identity_signature", CollateralName.QE_IDENTITY_SIGNATURE);

  private IntelVectors() {}

  static List<VectorCase> all() {
    return Stream.of("sgx", "tdx", "tdx-v5")
        .flatMap(family -> VectorCase.all(family).stream())
        .toList();
  }

  static TeeKind kind(VectorCase vector) {
    return "sgx".equals(vector.expected().get("kind")) ? TeeKind.SGX : TeeKind.TDX;
  }

  static Evidence evidence(VectorCase vector) {
    return new Evidence(kind(vector), vector.file("quote.bin"));
  }

  static Collateral collateral(VectorCase vector) {
    return collateral(vector, "collateral.json");
  }

  static Collateral collateral(VectorCase vector, String file) {
    Map<String, Object> json = Json.object(Json.parse(vector.file(file)));
    Map<String, Bytes> documents = new HashMap<>();
    TEXTS.forEach((key, name) ->
        documents.put(
            name, Bytes.of(String.valueOf(json.get(key)).getBytes(StandardCharsets.UTF_8))));
    BINARIES.forEach(
        (key, name) -> documents.put(name, Bytes.fromHex(String.valueOf(json.get(key)))));
    return new Collateral(documents);
  }

  /** The first evaluation, in which everything is valid. */
  static Map<String, Object> evaluation(VectorCase vector) {
    return Json.object(Json.list(vector.expected().get("evaluations")).getFirst());
  }

  static Instant time(Map<String, Object> evaluation, String key) {
    return Instant.parse(String.valueOf(evaluation.get(key)));
  }

  static Instant time(VectorCase vector) {
    return time(evaluation(vector), "time");
  }

  static Collateral with(Collateral collateral, String name, Optional<Bytes> document) {
    Map<String, Bytes> documents = new HashMap<>(collateral.documents());
    documents.remove(name);
    document.ifPresent(bytes -> documents.put(name, bytes));
    return new Collateral(documents);
  }

  static Verdict appraise(Evidence evidence, Collateral collateral, Instant time) {
    return appraise(evidence, collateral, TimeInterval.at(time), Policy.strict());
  }

  static Verdict appraise(
      Evidence evidence, Collateral collateral, TimeInterval time, Policy policy) {
    return new Verifier().appraise(evidence, collateral, time, policy);
  }
}
