package io.teex.attestation.intel;

import io.teex.attestation.Json;
import io.teex.attestation.JsonObject;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Intel's word about the levels of one kind of platform, version 3.
 *
 * @param tee {@code SGX} or {@code TDX}
 * @param firstModule of TDX: the module that has no version of its own
 * @param modules by id in upper case
 * @param levels from the best to the worst
 */
record TcbInfo(
    TeeKind tee,
    Window window,
    Bytes fmspc,
    Bytes pceId,
    long evaluationNumber,
    @Nullable TdxModuleIdentity firstModule,
    Map<String, TdxModuleIdentity> modules,
    List<PlatformLevel> levels)
    implements SignedDocument.Dated {
  private static final String WHAT = "tcbInfo";
  private static final int VERSION = 3;

  TcbInfo {
    modules = Map.copyOf(modules);
    levels = List.copyOf(levels);
  }

  static TcbInfo parse(Bytes text) throws Refused {
    JsonObject json = Json.parse(text.copy(), WHAT, ErrorCode.MALFORMED);
    long version = json.number("version", Long.MAX_VALUE);
    long type = json.number("tcbType", Long.MAX_VALUE);
    if (version != VERSION || type != 0) {
      throw new Refused(
          Reason.UNSUPPORTED_VERSION,
          "%s of version %d and type %d, expected 3 and 0".formatted(WHAT, version, type));
    }
    TeeKind tee =
        switch (json.text("id")) {
          case "SGX" -> TeeKind.SGX;
          case "TDX" -> TeeKind.TDX;
          default -> throw json.wrong("id is %s".formatted(json.text("id")));
        };
    boolean tdx = tee == TeeKind.TDX;
    List<PlatformLevel> levels = new ArrayList<>();
    for (JsonObject level : json.objects("tcbLevels")) {
      levels.add(PlatformLevel.parse(level, tdx));
    }
    return new TcbInfo(
        tee,
        new Window(json.instant("issueDate"), json.instant("nextUpdate")),
        json.hex("fmspc", 6),
        json.hex("pceId", 2),
        json.number("tcbEvaluationDataNumber", Integer.MAX_VALUE),
        tdx && json.has("tdxModule")
            ? TdxModuleIdentity.parse(json.object("tdxModule"), "TDX", false)
            : null,
        tdx && json.has("tdxModuleIdentities") ? modules(json) : Map.of(),
        levels);
  }

  private static Map<String, TdxModuleIdentity> modules(JsonObject json) {
    Map<String, TdxModuleIdentity> modules = new HashMap<>();
    for (JsonObject module : json.objects("tdxModuleIdentities")) {
      String id = module.text("id").toUpperCase(Locale.ROOT);
      if (modules.put(id, TdxModuleIdentity.parse(module, id, true)) != null) {
        throw json.wrong("the module %s is there twice".formatted(id));
      }
    }
    return modules;
  }

  /** The identity of the module of a TEE_TCB_SVN, which holds its major version in byte 1. */
  Optional<TdxModuleIdentity> module(Bytes teeTcbSvn) {
    int version = teeTcbSvn.at(1) & 0xff;
    return Optional.ofNullable(
        version == 0 ? firstModule : modules.get("TDX_%02X".formatted(version)));
  }
}
