package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the evidence says about its TEE.
 *
 * @param measurement the one name of what the TEE runs, see {@link Measurement}
 * @param platformId tells one machine from another where the platform reveals it (PPID, CHIP_ID),
 *     else empty; not for publication, since it follows a machine around
 * @param fields everything that was read, in the order and by the names of the evidence's
 *     documents: texts (bytes as hexadecimal in lower case), {@code Long}s, {@code Boolean}s, lists
 *     and maps of these
 */
public record Claims(
    TeeKind kind,
    Measurement measurement,
    Bytes platformId,
    Tcb tcb,
    ReportData reportData,
    Map<String, Object> fields) {
  public Claims {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  public boolean simulated() {
    return kind == TeeKind.SIMULATED;
  }

  public TcbStatus tcbStatus() {
    return tcb.status();
  }

  /**
   * One field.
   *
   * @param path its name; of a field inside another one the names of both with a dot between, such
   *     as {@code pcrs.0}
   */
  public Optional<Object> field(String path) {
    Object direct = fields.get(path);
    int dot = path.indexOf('.');
    if (direct != null || dot < 0) {
      return Optional.ofNullable(direct);
    }
    return fields.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? Optional.ofNullable(inner.get(path.substring(dot + 1)))
        : Optional.empty();
  }
}
