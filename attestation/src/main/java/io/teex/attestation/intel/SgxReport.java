package io.teex.attestation.intel;

import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/** The report of an SGX enclave: of the one that a quote is about, or of the quoting enclave. */
record SgxReport(
    Bytes cpuSvn,
    Bytes miscSelect,
    Bytes isvExtProdId,
    Bytes attributes,
    Bytes mrEnclave,
    Bytes mrSigner,
    Bytes configId,
    int isvProdId,
    int isvSvn,
    int configSvn,
    Bytes isvFamilyId,
    ReportData reportData)
    implements QuoteBody {
  static final int SIZE = 384;

  private static final int DEBUG = 1 << 1;
  private static final int PROVISION_KEY = 1 << 4;

  static SgxReport parse(QuoteReader all) throws Refused {
    QuoteReader in = all.part(SIZE, "SGX report");
    Bytes cpuSvn = in.take(16, "CPUSVN");
    Bytes miscSelect = in.take(4, "MISCSELECT");
    in.skip(12, "reserved bytes");
    Bytes isvExtProdId = in.take(16, "ISVEXTPRODID");
    Bytes attributes = in.take(16, "ATTRIBUTES");
    Bytes mrEnclave = in.take(32, "MRENCLAVE");
    in.skip(32, "reserved bytes");
    Bytes mrSigner = in.take(32, "MRSIGNER");
    in.skip(32, "reserved bytes");
    Bytes configId = in.take(64, "CONFIGID");
    int isvProdId = in.u16("ISVPRODID");
    int isvSvn = in.u16("ISVSVN");
    int configSvn = in.u16("CONFIGSVN");
    in.skip(42, "reserved bytes");
    Bytes isvFamilyId = in.take(16, "ISVFAMILYID");
    ReportData reportData = new ReportData(in.take(ReportData.SIZE, "REPORTDATA"));
    in.end("SGX report");
    return new SgxReport(
        cpuSvn,
        miscSelect,
        isvExtProdId,
        attributes,
        mrEnclave,
        mrSigner,
        configId,
        isvProdId,
        isvSvn,
        configSvn,
        isvFamilyId,
        reportData);
  }

  @Override
  public boolean debug() {
    return (attributes.at(0) & DEBUG) != 0;
  }

  /** Whether the enclave may have the key that tells machines apart. */
  boolean provisionKey() {
    return (attributes.at(0) & PROVISION_KEY) != 0;
  }

  @Override
  public Measurement measurement() {
    byte[] value = new byte[Measurement.SIZE];
    mrEnclave.copyTo(value, 0);
    return Measurement.of(value);
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("cpusvn", cpuSvn.toHex());
    fields.put("miscselect", miscSelect.toHex());
    fields.put("attributes", attributes.toHex());
    fields.put("mrenclave", mrEnclave.toHex());
    fields.put("mrsigner", mrSigner.toHex());
    fields.put("isvprodid", (long) isvProdId);
    fields.put("isvsvn", (long) isvSvn);
    fields.put("report_data", reportData.value().toHex());
    fields.put("debug", debug());
    Map<String, Object> keySeparation = new LinkedHashMap<>();
    keySeparation.put("isvextprodid", isvExtProdId.toHex());
    keySeparation.put("isvfamilyid", isvFamilyId.toHex());
    keySeparation.put("configid", configId.toHex());
    keySeparation.put("configsvn", (long) configSvn);
    fields.put("kss", keySeparation);
    return fields;
  }
}
