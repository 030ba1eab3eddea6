package io.teex.attestation;

import io.teex.protocol.TeeKind;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One description of code that may act in a role: what fields of the evidence have to be.
 *
 * @param equal by the path of a field ({@link Claims#field}) its one allowed value, a text or a
 *     {@code Long}
 * @param minimums by the path of a field that is a number the least that it may be
 */
public record MeasurementRule(TeeKind kind, Map<String, Object> equal, Map<String, Long> minimums) {
  public MeasurementRule {
    if (equal.isEmpty()) {
      throw new IllegalArgumentException("a rule without a field would accept everything");
    }
    if (kind == TeeKind.SIMULATED
        && !(equal.keySet().equals(Set.of("measurement")) && minimums.isEmpty())) {
      throw new IllegalArgumentException("a simulated TEE is known by its measurement alone");
    }
    equal = Collections.unmodifiableMap(new TreeMap<>(equal));
    minimums = Collections.unmodifiableMap(new TreeMap<>(minimums));
  }

  /** The rule for one measurement of the simulated TEE. */
  public static MeasurementRule simulated(Measurement measurement) {
    return new MeasurementRule(
        TeeKind.SIMULATED, Map.of("measurement", measurement.value().toHex()), Map.of());
  }

  public boolean matches(Claims claims) {
    return claims.kind() == kind
        && equal.entrySet().stream()
            .allMatch(field -> claims.field(field.getKey()).equals(Optional.of(field.getValue())))
        && minimums.entrySet().stream()
            .allMatch(field ->
                claims.field(field.getKey()).orElse(null) instanceof Long number
                    && number >= field.getValue());
  }
}
