package io.teex.attestation.intel;

import io.teex.attestation.Digests;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The report of a trust domain.
 *
 * @param teeTcbSvn of the module and loader below the domain when it was started
 * @param rtmrs RTMR0 to RTMR3
 * @param preserved what version 1.5 adds; null in version 1.0
 */
record TdReport(
    Bytes teeTcbSvn,
    Bytes mrSeam,
    Bytes mrSignerSeam,
    Bytes seamAttributes,
    Bytes tdAttributes,
    Bytes xfam,
    Bytes mrTd,
    Bytes mrConfigId,
    Bytes mrOwner,
    Bytes mrOwnerConfig,
    List<Bytes> rtmrs,
    ReportData reportData,
    @Nullable Preserved preserved)
    implements QuoteBody {
  static final int SIZE_1_0 = 584;
  static final int SIZE_1_5 = 648;

  private static final int REGISTER = 48;
  private static final int DEBUG = 1;
  private static final int SEPT_VE_DISABLE_BYTE = 3;
  private static final int SEPT_VE_DISABLE = 1 << 4;

  /**
   * @param teeTcbSvn2 of the module and loader now, which may have changed below a running domain
   */
  record Preserved(Bytes teeTcbSvn2, Bytes mrServiceTd) {}

  static TdReport parse(QuoteReader all, int size) throws Refused {
    QuoteReader in = all.part(size, "TD report");
    Bytes teeTcbSvn = in.take(16, "TEE_TCB_SVN");
    Bytes mrSeam = in.take(REGISTER, "MRSEAM");
    Bytes mrSignerSeam = in.take(REGISTER, "MRSIGNERSEAM");
    Bytes seamAttributes = in.take(8, "SEAMATTRIBUTES");
    Bytes tdAttributes = in.take(8, "TDATTRIBUTES");
    Bytes xfam = in.take(8, "XFAM");
    Bytes mrTd = in.take(REGISTER, "MRTD");
    Bytes mrConfigId = in.take(REGISTER, "MRCONFIGID");
    Bytes mrOwner = in.take(REGISTER, "MROWNER");
    Bytes mrOwnerConfig = in.take(REGISTER, "MROWNERCONFIG");
    List<Bytes> rtmrs =
        List.of(
            in.take(REGISTER, "RTMR0"),
            in.take(REGISTER, "RTMR1"),
            in.take(REGISTER, "RTMR2"),
            in.take(REGISTER, "RTMR3"));
    ReportData reportData = new ReportData(in.take(ReportData.SIZE, "REPORTDATA"));
    Preserved preserved =
        size == SIZE_1_5
            ? new Preserved(in.take(16, "TEE_TCB_SVN_2"), in.take(REGISTER, "MRSERVICETD"))
            : null;
    in.end("TD report");
    return new TdReport(
        teeTcbSvn,
        mrSeam,
        mrSignerSeam,
        seamAttributes,
        tdAttributes,
        xfam,
        mrTd,
        mrConfigId,
        mrOwner,
        mrOwnerConfig,
        rtmrs,
        reportData,
        preserved);
  }

  @Override
  public boolean debug() {
    return (tdAttributes.at(0) & DEBUG) != 0;
  }

  /** Whether the host cannot make accesses of the domain fail in a way that it has to handle. */
  boolean septVeDisable() {
    return (tdAttributes.at(SEPT_VE_DISABLE_BYTE) & SEPT_VE_DISABLE) != 0;
  }

  Optional<Bytes> teeTcbSvn2() {
    return preserved == null ? Optional.empty() : Optional.of(preserved.teeTcbSvn2());
  }

  @Override
  public Measurement measurement() {
    MessageDigest digest = Digests.sha384();
    digest.update(mrTd.copy());
    rtmrs.forEach(rtmr -> digest.update(rtmr.copy()));
    return Measurement.of(digest.digest());
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tee_tcb_svn", teeTcbSvn.toHex());
    fields.put("mrseam", mrSeam.toHex());
    fields.put("mrsignerseam", mrSignerSeam.toHex());
    fields.put("seamattributes", seamAttributes.toHex());
    fields.put("tdattributes", tdAttributes.toHex());
    fields.put("xfam", xfam.toHex());
    fields.put("mrtd", mrTd.toHex());
    fields.put("mrconfigid", mrConfigId.toHex());
    fields.put("mrowner", mrOwner.toHex());
    fields.put("mrownerconfig", mrOwnerConfig.toHex());
    for (int i = 0; i < rtmrs.size(); i++) {
      fields.put("rtmr" + i, rtmrs.get(i).toHex());
    }
    fields.put("report_data", reportData.value().toHex());
    if (preserved != null) {
      fields.put("tee_tcb_svn_2", preserved.teeTcbSvn2().toHex());
      fields.put("mrservicetd", preserved.mrServiceTd().toHex());
    }
    fields.put("debug", debug());
    return fields;
  }
}
