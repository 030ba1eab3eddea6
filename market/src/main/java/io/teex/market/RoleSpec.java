package io.teex.market;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param name of this process, unique in its market: {@code worker-1}
 * @param mainClass its entry point, part of the measurement
 * @param classPath its jars, part of the measurement
 * @param jvmOptions heap size and the like; not measured by the simulated TEE
 * @param config the role's settings, written to {@code <name>.properties}
 */
record RoleSpec(
    String name,
    String mainClass,
    List<Path> classPath,
    List<String> jvmOptions,
    Map<String, String> config) {
  RoleSpec {
    classPath = List.copyOf(classPath);
    jvmOptions = List.copyOf(jvmOptions);
    config = Map.copyOf(config);
  }
}
