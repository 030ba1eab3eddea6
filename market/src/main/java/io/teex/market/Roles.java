package io.teex.market;

import io.teex.attestation.Measurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.protocol.Role;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The roles that run in TEEs: where each begins, and so how it measures. */
enum Roles {
  MANAGER(Role.MANAGER, "manager", "io.teex.manager.ManagerMain", "-Xmx192m"),
  STORE(Role.STORE, "teeds", "io.teex.teeds.StoreMain", "-Xmx192m"),
  DISPATCHER(Role.DISPATCHER, "dispatcher", "io.teex.dispatcher.DispatcherMain", "-Xmx192m"),
  WORKER(Role.WORKER, "worker", "io.teex.worker.WorkerMain", "-Xmx384m");

  static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          // A process that lost a thread to a full heap is half dead: better none, and a fresh one.
          "-XX:+ExitOnOutOfMemoryError",
          "-Xshare:auto",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final Role role;
  private final String module;
  private final String mainClass;
  private final String heap;

  Roles(Role role, String module, String mainClass, String heap) {
    this.role = role;
    this.module = module;
    this.mainClass = mainClass;
    this.heap = heap;
  }

  Role role() {
    return role;
  }

  /**
   * @param by a platform that remembers what it read
   * @param programs that the role runs beside its own code; a worker's alone has some
   */
  Measurement measurement(
      SimulatedPlatform by, Installation installation, Collection<Path> programs) {
    return by.measure(
        mainClass,
        Stream.concat(installation.classPath(module).stream(), programs.stream()).toList());
  }

  RoleSpec spec(Installation installation, String name, Map<String, String> config) {
    return new RoleSpec(name, mainClass, installation.classPath(module), jvmOptions(heap), config);
  }

  static List<String> jvmOptions(String heap) {
    return Stream.concat(java.util.stream.Stream.of(heap), JVM_OPTIONS.stream()).toList();
  }
}
