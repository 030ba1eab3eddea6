package io.teex.attestation;

import io.teex.protocol.TeeKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The fields of evidence that a {@link MeasurementRule} of a policy file may name. */
final class RuleFields {
  /** Of a number, which has no bytes. */
  static final int NUMBER = 0;

  /** Of an event's content, which has as many as it has. */
  static final int ANY_BYTES = -1;

  /** Behind the name of a number that has to be reached and not met. */
  static final String MINIMUM = "Min";

  private static final Pattern EVENT = Pattern.compile("event\\.[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern PCR = Pattern.compile("pcrs\\.([0-9]|[12][0-9]|3[01])");
  private static final int PCR_BYTES = 48;

  private static final Map<TeeKind, Map<String, Integer>> FIELDS =
      Map.of(TeeKind.SGX, sgx(), TeeKind.TDX, tdx(), TeeKind.SNP, snp());

  private RuleFields() {}

  private static Map<String, Integer> sgx() {
    return Map.of(
        "mrenclave", 32,
        "mrsigner", 32,
        "isvprodid", NUMBER,
        "isvsvn", NUMBER,
        "attributes", 16,
        "miscselect", 4);
  }

  private static Map<String, Integer> tdx() {
    Map<String, Integer> fields = new LinkedHashMap<>();
    for (String register :
        new String[] {
          "mrtd",
          "rtmr0",
          "rtmr1",
          "rtmr2",
          "rtmr3",
          "mrseam",
          "mrconfigid",
          "mrowner",
          "mrownerconfig",
          "mrservicetd"
        }) {
      fields.put(register, Measurement.SIZE);
    }
    fields.put("tdattributes", 8);
    fields.put("xfam", 8);
    return fields;
  }

  private static Map<String, Integer> snp() {
    return Map.of(
        "measurement", 48,
        "host_data", 32,
        "id_key", 48,
        "author_key", 48,
        "family", 16,
        "image", 16,
        "guest_svn", NUMBER,
        "vmpl", NUMBER);
  }

  /** How many bytes a field has, or {@link #NUMBER} or {@link #ANY_BYTES}; empty if unknown. */
  static OptionalInt size(TeeKind kind, String field) {
    if (kind == TeeKind.TDX && EVENT.matcher(field).matches()) {
      return OptionalInt.of(ANY_BYTES);
    }
    if (kind == TeeKind.NITRO && PCR.matcher(field).matches()) {
      return OptionalInt.of(PCR_BYTES);
    }
    Integer size = FIELDS.getOrDefault(kind, Map.of()).get(field);
    return size == null ? OptionalInt.empty() : OptionalInt.of(size);
  }

  /** The number that {@code key} gives a minimum of, if that is what it does. */
  static Optional<String> minimumOf(TeeKind kind, String key) {
    if (!key.endsWith(MINIMUM)) {
      return Optional.empty();
    }
    String field = key.substring(0, key.length() - MINIMUM.length());
    OptionalInt size = size(kind, field);
    return size.isPresent() && size.getAsInt() == NUMBER ? Optional.of(field) : Optional.empty();
  }
}
