package io.teex.attestation.amd;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a report says, by the names that claims have for it. */
final class SnpFields {
  private SnpFields() {}

  static Map<String, Object> of(SnpReport report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", report.version());
    fields.put("guest_svn", report.guestSvn());
    fields.put("policy", hex(report.policy()));
    fields.put("debug", GuestPolicy.DEBUG.isOn(report.policy()));
    fields.put("migrate_ma", GuestPolicy.MIGRATE_MA.isOn(report.policy()));
    fields.put("vmpl", report.vmpl());
    fields.put("sigalgo", report.signatureAlgorithm());
    fields.put("current_tcb", report.currentTcb().toHex());
    fields.put("plat_info", hex(report.platformInfo()));
    fields.put("author_key_en", report.hasAuthorKey() ? 1L : 0L);
    fields.put("mask_chip_key", report.masksChipKey() ? 1L : 0L);
    fields.put("signing_key", report.signingKey());
    fields.put("report_data", report.reportData().toHex());
    fields.put("measurement", report.measurement().toHex());
    fields.put("host_data", report.hostData().toHex());
    fields.put("id_key", report.idKeyDigest().toHex());
    fields.put("author_key", report.authorKeyDigest().toHex());
    fields.put("report_id", report.reportId().toHex());
    fields.put("report_id_ma", report.migrationAgentReportId().toHex());
    fields.put("reported_tcb", report.reportedTcb().toHex());
    fields.put("cpuid", report.cpuid().toHex());
    fields.put("chip_id", report.chipId().toHex());
    fields.put("committed_tcb", report.committedTcb().toHex());
    fields.put("cur_ver", report.currentVersion());
    fields.put("com_ver", report.committedVersion());
    fields.put("launch_tcb", report.launchTcb().toHex());
    fields.put("launch_mit", report.launchMitigations().toHex());
    fields.put("cur_mit", report.currentMitigations().toHex());
    fields.put("family", report.familyId().toHex());
    fields.put("image", report.imageId().toHex());
    return fields;
  }

  static String of(HclReport report) {
    return new String(report.runtimeData().copy(), StandardCharsets.UTF_8);
  }

  static Map<String, Object> of(Endorsement endorsement) {
    Vek vek = endorsement.vek();
    X509Certificate certificate = vek.certificate();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", vek.kind().name());
    fields.put("product", vek.productName());
    fields.put("issuer", vek.issuerName());
    fields.put("not_before", certificate.getNotBefore().toInstant().toString());
    fields.put("not_after", certificate.getNotAfter().toInstant().toString());
    vek.product()
        .tcb()
        .forEach(component ->
            fields.put(component.name(), (long) vek.levels().getOrDefault(component.name(), 0)));
    switch (vek.kind()) {
      case VCEK -> fields.put("hwid", vek.chipId().toHex());
      case VLEK -> fields.put("csp_id", vek.provider());
    }
    return fields;
  }

  private static String hex(long bits) {
    return "0x" + Long.toHexString(bits);
  }
}
