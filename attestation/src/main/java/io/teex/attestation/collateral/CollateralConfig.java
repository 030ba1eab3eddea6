package io.teex.attestation.collateral;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where collateral comes from and how long it is kept.
 *
 * @param services {@code intel}, {@code amd}: base of the service, http or https; a vendor without
 *     one gets collateral from the directory only
 * @param directory {@code directory}: where parts outlive the process; null for memory only
 * @param timeout {@code timeout}: of one request, its whole answer included
 * @param ageMax {@code age-max}: after how long a part is asked for again though it still holds
 * @param idleMax {@code idle-max}: how long after its last use a platform's parts are renewed
 * @param retryMin {@code retry-min}: pause after a failure, doubled with every further one
 * @param retryMax {@code retry-max}: longest such pause
 */
public record CollateralConfig(
    Map<Vendor, URI> services,
    @Nullable Path directory,
    Duration timeout,
    Duration ageMax,
    Duration idleMax,
    Duration retryMin,
    Duration retryMax) {
  public CollateralConfig {
    services = Map.copyOf(services);
    services.forEach((vendor, base) -> requireBase(vendor.key(), base));
    requirePositive("timeout", timeout);
    requirePositive("age-max", ageMax);
    requirePositive("idle-max", idleMax);
    requirePositive("retry-min", retryMin);
    if (retryMax.compareTo(retryMin) < 0) {
      throw usage("retry-max", "is less than retry-min", retryMax);
    }
  }

  /** No service and no directory: only what comes with the evidence. */
  public static CollateralConfig none() {
    return from(Map.of());
  }

  /**
   * Reads the keys named above; durations as ISO 8601 has them, such as {@code PT10S}.
   *
   * @throws TeexException {@code USAGE} for an unknown key or a value that makes no sense
   */
  public static CollateralConfig from(Map<String, String> values) {
    Map<Vendor, URI> services = new TreeMap<>();
    Set<String> unknown = new HashSet<>(values.keySet());
    for (Vendor vendor : Vendor.values()) {
      String base = values.get(vendor.key());
      if (base != null) {
        services.put(vendor, uri(vendor.key(), base));
      }
      unknown.remove(vendor.key());
    }
    String directory = values.get("directory");
    CollateralConfig config =
        new CollateralConfig(
            services,
            directory == null ? null : Path.of(directory),
            duration(values, "timeout", Duration.ofSeconds(10)),
            duration(values, "age-max", Duration.ofDays(1)),
            duration(values, "idle-max", Duration.ofDays(7)),
            duration(values, "retry-min", Duration.ofSeconds(10)),
            duration(values, "retry-max", Duration.ofMinutes(10)));
    unknown.removeAll(
        Set.of("directory", "timeout", "age-max", "idle-max", "retry-min", "retry-max"));
    if (!unknown.isEmpty()) {
      throw new TeexException(ErrorCode.USAGE, "collateral: unknown keys " + unknown);
    }
    return config;
  }

  private static Duration duration(Map<String, String> values, String key, Duration otherwise) {
    String value = values.get(key);
    try {
      return value == null ? otherwise : Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw usage(key, "is no duration such as PT10S", value);
    }
  }

  private static URI uri(String key, String value) {
    try {
      return URI.create(value);
    } catch (IllegalArgumentException e) {
      throw usage(key, "is no URL", value);
    }
  }

  private static void requireBase(String key, URI base) {
    boolean http = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    if (!http
        || base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw usage(key, "must be http(s)://host[:port][/path]", "something else");
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw usage(key, "must be positive", value);
    }
  }

  private static TeexException usage(String key, String what, @Nullable Object seen) {
    return new TeexException(
        ErrorCode.USAGE, "collateral.%s %s, not %s".formatted(key, what, seen));
  }
}
