package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads and writes the file form of a {@link Policy}, version 2. Strict, because a policy that is
 * not understood whole is not a policy: unknown, repeated or missing keys are errors. What each key
 * means stands in {@code docs/attestation-policy.md}.
 */
final class PolicyFile {
  private static final int SIZE_MAX = 1 << 20;
  private static final int VERSION = 2;
  private static final long DAYS_MAX = 3650;
  private static final String WHAT = "policy";
  private static final Set<TcbStatus> NEVER =
      EnumSet.of(TcbStatus.REVOKED, TcbStatus.UNKNOWN, TcbStatus.SIMULATED);

  private PolicyFile() {}

  static Policy read(Path file) {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw new TeexException(
            ErrorCode.USAGE, "policy: larger than %d bytes".formatted(SIZE_MAX));
      }
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "policy file %s cannot be read: %s".formatted(file, e.getMessage()), e);
    } catch (TeexException e) {
      throw new TeexException(e.code(), "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  static Policy parse(String json) {
    JsonObject file = Json.parse(json, WHAT, ErrorCode.USAGE);
    requireVersion(file);
    String name = file.text("name");
    Set<TeeKind> kinds = kinds(file);
    Set<Bytes32> roots = roots(file, kinds);
    Map<Role, Set<MeasurementRule>> measurements = measurements(file.object("measurements"));
    PlatformPolicy platforms = platforms(file, kinds);
    file.end();
    return new Policy(name, kinds, roots, measurements, platforms);
  }

  private static void requireVersion(JsonObject file) {
    long version = file.number("version", Integer.MAX_VALUE);
    if (version == 1) {
      throw file.wrong(
          ("version is 1, expected %d: write \"version\": 2, and instead of \"acceptSimulated\":"
                  + " true write \"kinds\": [\"simulated\"] (instead of false write \"kinds\": [])")
              .formatted(VERSION));
    }
    if (version != VERSION) {
      throw file.wrong("version is %d, expected %d".formatted(version, VERSION));
    }
  }

  private static Set<TeeKind> kinds(JsonObject file) {
    EnumSet<TeeKind> kinds = EnumSet.noneOf(TeeKind.class);
    for (String name : file.texts("kinds")) {
      if (!kinds.add(kind(file, file.at("kinds"), name))) {
        throw file.wrong("%s names %s twice".formatted(file.at("kinds"), name));
      }
    }
    return kinds;
  }

  static TeeKind kind(JsonObject in, String at, String name) {
    for (TeeKind kind : TeeKind.values()) {
      if (key(kind).equals(name)) {
        return kind;
      }
    }
    throw in.wrong(
        "%s: unknown kind %s, known are %s"
            .formatted(at, name, Arrays.stream(TeeKind.values()).map(PolicyFile::key).toList()));
  }

  /** Left out where no simulated TEE is accepted. */
  private static Set<Bytes32> roots(JsonObject file, Set<TeeKind> kinds) {
    String key = "simulatedRoots";
    if (!kinds.contains(TeeKind.SIMULATED) && !file.has(key)) {
      return Set.of();
    }
    return file.hexList(key, Bytes32.SIZE).stream().map(Bytes32::new).collect(Collectors.toSet());
  }

  private static Map<Role, Set<MeasurementRule>> measurements(JsonObject in) {
    EnumMap<Role, Set<MeasurementRule>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      if (in.has(key(role))) {
        measurements.put(role, rules(in, key(role)));
      }
    }
    in.end();
    return measurements;
  }

  private static Set<MeasurementRule> rules(JsonObject in, String role) {
    Set<MeasurementRule> rules = new HashSet<>();
    int index = 0;
    for (Object element : in.list(role)) {
      String name = "%s[%d]".formatted(role, index++);
      MeasurementRule rule =
          element instanceof String
              ? MeasurementRule.simulated(
                  new Measurement(in.hex(in.at(name), element, Measurement.SIZE)))
              : rule(in.object(name, element));
      if (!rules.add(rule)) {
        throw in.wrong("%s is the same rule as one before".formatted(in.at(name)));
      }
    }
    return rules;
  }

  private static MeasurementRule rule(JsonObject in) {
    TeeKind kind = kind(in, in.at("kind"), in.text("kind"));
    if (kind == TeeKind.SIMULATED) {
      throw in.wrong(
          "%s: a simulated TEE is named by its bare measurement".formatted(in.at("kind")));
    }
    Map<String, Object> equal = new TreeMap<>();
    Map<String, Long> minimums = new TreeMap<>();
    for (String key : in.keys()) {
      if (key.equals("kind")) {
        continue;
      }
      var minimum = RuleFields.minimumOf(kind, key);
      var size = RuleFields.size(kind, key);
      if (minimum.isPresent()) {
        minimums.put(minimum.get(), in.number(key, Integer.MAX_VALUE));
      } else if (size.isEmpty()) {
        throw in.wrong("unknown key %s: %s has no such field".formatted(in.at(key), key(kind)));
      } else if (size.getAsInt() == RuleFields.NUMBER) {
        equal.put(key, in.number(key, Integer.MAX_VALUE));
      } else {
        equal.put(key, in.hex(key, size.getAsInt()).toHex());
      }
    }
    in.end();
    if (equal.isEmpty()) {
      throw in.wrong("%s names no field, so it would accept everything".formatted(in.at("kind")));
    }
    return new MeasurementRule(kind, equal, minimums);
  }

  /** A section may be left out where no accepted kind is judged by it. */
  private static PlatformPolicy platforms(JsonObject file, Set<TeeKind> kinds) {
    PlatformPolicy strict = PlatformPolicy.STRICT;
    Set<TeeKind> hardware = EnumSet.copyOf(EnumSet.complementOf(EnumSet.of(TeeKind.SIMULATED)));
    hardware.retainAll(kinds);
    return new PlatformPolicy(
        left(file, "tcb", !hardware.isEmpty()) ? strict.tcb() : tcb(file.object("tcb")),
        left(file, "sgx", kinds.contains(TeeKind.SGX)) ? strict.sgx() : sgx(file.object("sgx")),
        left(file, "tdx", kinds.contains(TeeKind.TDX)) ? strict.tdx() : tdx(file.object("tdx")),
        left(file, "snp", kinds.contains(TeeKind.SNP)) ? strict.snp() : snp(file.object("snp")));
  }

  private static boolean left(JsonObject file, String section, boolean needed) {
    return !needed && !file.has(section);
  }

  private static TcbPolicy tcb(JsonObject in) {
    Set<TcbStatus> statuses = EnumSet.noneOf(TcbStatus.class);
    for (String label : in.texts("statuses")) {
      statuses.add(status(in, label));
    }
    TcbPolicy tcb =
        new TcbPolicy(
            statuses,
            new TreeSet<>(in.texts("advisories")),
            Duration.ofDays(in.number("graceDays", DAYS_MAX)),
            in.number("evaluationNumberMin", Integer.MAX_VALUE));
    in.end();
    return tcb;
  }

  private static TcbStatus status(JsonObject in, String label) {
    for (TcbStatus status : TcbStatus.values()) {
      if (status.label().equals(label)) {
        if (NEVER.contains(status)) {
          throw in.wrong(
              "%s: %s is never accepted of hardware".formatted(in.at("statuses"), label));
        }
        return status;
      }
    }
    throw in.wrong(
        "%s: unknown status %s, known are %s"
            .formatted(
                in.at("statuses"),
                label,
                Arrays.stream(TcbStatus.values()).map(TcbStatus::label).toList()));
  }

  private static SgxPolicy sgx(JsonObject in) {
    SgxPolicy sgx = new SgxPolicy(in.flag("provisionKey"));
    in.end();
    return sgx;
  }

  private static TdxPolicy tdx(JsonObject in) {
    TdxPolicy tdx =
        new TdxPolicy(
            in.flag("septVeDisable"),
            in.hex("attributesMax", 8),
            in.hex("xfamMax", 8),
            Set.copyOf(in.hexList("mrSeams", Measurement.SIZE)),
            in.hex("teeTcbSvnMin", 16));
    in.end();
    return tdx;
  }

  private static SnpPolicy snp(JsonObject in) {
    JsonObject products = in.object("tcbMin");
    Map<String, Map<String, Integer>> tcbMin = new TreeMap<>();
    for (String product : SnpPolicy.PRODUCTS) {
      if (products.has(product)) {
        tcbMin.put(product, components(products.object(product)));
      }
    }
    products.end();
    Set<Integer> vmpls = new TreeSet<>();
    for (Object vmpl : in.list("vmpls")) {
      if (!(vmpl instanceof Long level
          && level >= 0
          && level <= 3
          && vmpls.add((int) (long) level))) {
        throw in.wrong("%s must be different levels from 0 to 3".formatted(in.at("vmpls")));
      }
    }
    SnpPolicy snp =
        new SnpPolicy(
            tcbMin,
            in.number("guestSvnMin", 0xffff_ffffL),
            vmpls,
            in.flag("smt"),
            in.flag("migrateMa"),
            in.flag("vlek"));
    in.end();
    return snp;
  }

  private static Map<String, Integer> components(JsonObject in) {
    Map<String, Integer> least = new TreeMap<>();
    for (String component : SnpPolicy.COMPONENTS) {
      if (in.has(component)) {
        least.put(component, (int) in.number(component, 255));
      }
    }
    in.end();
    return least;
  }

  static Role role(JsonObject in, String name) {
    for (Role role : Role.values()) {
      if (key(role).equals(name)) {
        return role;
      }
    }
    throw in.wrong("%s: unknown role %s".formatted(in.at("role"), name));
  }

  static String key(TeeKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  static String key(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  static String write(Policy policy) {
    return Json.write(tree(policy)) + "\n";
  }

  /** Everything in a fixed order, sets sorted: equal policies have one text. */
  static Map<String, Object> tree(Policy policy) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("version", VERSION);
    file.put("name", policy.name());
    file.put("kinds", policy.kinds().stream().sorted().map(PolicyFile::key).toList());
    file.put(
        "simulatedRoots",
        policy.simulatedRoots().stream().sorted().map(root -> root.value().toHex()).toList());
    Map<String, Object> measurements = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      measurements.put(key(role), rules(policy.measurements(role)));
    }
    file.put("measurements", measurements);
    file.put("tcb", tree(policy.platforms().tcb()));
    file.put("sgx", Map.of("provisionKey", policy.platforms().sgx().provisionKey()));
    file.put("tdx", tree(policy.platforms().tdx()));
    file.put("snp", tree(policy.platforms().snp()));
    return file;
  }

  private static List<Object> rules(Set<MeasurementRule> rules) {
    return sorted(rules).stream().map(PolicyFile::rule).toList();
  }

  /** As the file has them. */
  static List<MeasurementRule> sorted(Set<MeasurementRule> rules) {
    return rules.stream()
        .sorted(
            Comparator.comparing(MeasurementRule::kind)
                .thenComparing(rule -> String.valueOf(rule(rule))))
        .toList();
  }

  private static Object rule(MeasurementRule rule) {
    if (rule.kind() == TeeKind.SIMULATED) {
      return String.valueOf(rule.equal().get("measurement"));
    }
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("kind", key(rule.kind()));
    written.putAll(rule.equal());
    rule.minimums().forEach((field, least) -> written.put(field + RuleFields.MINIMUM, least));
    return written;
  }

  private static Map<String, Object> tree(TcbPolicy tcb) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("statuses", tcb.statuses().stream().sorted().map(TcbStatus::label).toList());
    written.put("advisories", List.copyOf(tcb.advisories()));
    written.put("graceDays", tcb.grace().toDays());
    written.put("evaluationNumberMin", tcb.evaluationNumberMin());
    return written;
  }

  private static Map<String, Object> tree(TdxPolicy tdx) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("septVeDisable", tdx.septVeDisable());
    written.put("attributesMax", tdx.attributesMax().toHex());
    written.put("xfamMax", tdx.xfamMax().toHex());
    written.put("mrSeams", tdx.mrSeams().stream().sorted().map(Bytes::toHex).toList());
    written.put("teeTcbSvnMin", tdx.teeTcbSvnMin().toHex());
    return written;
  }

  private static Map<String, Object> tree(SnpPolicy snp) {
    Map<String, Object> written = new LinkedHashMap<>();
    Map<String, Object> tcbMin = new LinkedHashMap<>();
    snp.tcbMin().forEach((product, least) -> tcbMin.put(product, new TreeMap<>(least)));
    written.put("tcbMin", tcbMin);
    written.put("guestSvnMin", snp.guestSvnMin());
    written.put("vmpls", snp.vmpls().stream().sorted().toList());
    written.put("smt", snp.smt());
    written.put("migrateMa", snp.migrateMa());
    written.put("vlek", snp.vlek());
    return written;
  }
}
