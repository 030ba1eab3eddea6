package io.teex.attestation;

import static io.teex.attestation.Simulation.MANAGER;
import static io.teex.attestation.Simulation.NOW;
import static io.teex.attestation.Simulation.RANDOM;
import static io.teex.attestation.Simulation.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SimulatedPlatformTest {
  @TempDir Path directory;

  @Test
  void isTheSameEverywhereItIsOpened() {
    Path place = directory.resolve("platform");
    SimulatedPlatform made = SimulatedPlatform.openOrCreate(place, NOW, RANDOM);
    SimulatedPlatform opened = SimulatedPlatform.open(place, RANDOM);

    assertThat(opened.root()).isEqualTo(made.root());
    assertThat(opened.tee(WORKER).sealingKey("x").sameAs(made.tee(WORKER).sealingKey("x")))
        .isTrue();
  }

  @Test
  void isMadeOnceThoughManyAskAtOnce() throws Exception {
    Path place = directory.resolve("platform");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Bytes32> open = () -> SimulatedPlatform.openOrCreate(place, NOW, RANDOM).root();
      List<Future<Bytes32>> roots = threads.invokeAll(java.util.Collections.nCopies(16, open));

      Bytes32 first = roots.getFirst().get();
      for (Future<Bytes32> root : roots) {
        assertThat(root.get()).isEqualTo(first);
      }
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(place);
    }
  }

  @Test
  void fillsADirectoryThatIsThereAndEmpty() throws Exception {
    Path place = Files.createDirectory(directory.resolve("platform"));

    assertThat(SimulatedPlatform.openOrCreate(place, NOW, RANDOM)).isNotNull();
  }

  @Test
  void onlyTheOwnerReadsItsFiles() throws Exception {
    Path place = directory.resolve("platform");
    SimulatedPlatform.openOrCreate(place, NOW, RANDOM);

    try (Stream<Path> files = Files.list(place)) {
      List<Path> all = files.toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(file.getFileName().toString()).startsWith("SIMULATED");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void saysWhereThereIsNone() {
    assertThatThrownBy(() -> SimulatedPlatform.open(directory, RANDOM))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(directory.toString());
  }

  @Test
  void sealsToMeasurementLabelAndPlatform() {
    SimulatedPlatform here = SimulatedPlatform.openOrCreate(directory.resolve("here"), NOW, RANDOM);
    SimulatedPlatform there =
        SimulatedPlatform.openOrCreate(directory.resolve("there"), NOW, RANDOM);
    var key = here.tee(WORKER).sealingKey("x");

    assertThat(key.size()).isEqualTo(32);
    assertThat(key.sameAs(here.tee(WORKER).sealingKey("x"))).isTrue();
    assertThat(key.sameAs(here.tee(WORKER).sealingKey("y"))).isFalse();
    assertThat(key.sameAs(here.tee(MANAGER).sealingKey("x"))).isFalse();
    assertThat(key.sameAs(there.tee(WORKER).sealingKey("x"))).isFalse();
  }

  @Test
  void measuresTheProgramsThatAProcessRuns() throws Exception {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), NOW, RANDOM);
    Path engine = Files.writeString(directory.resolve("engine"), "one");
    Measurement alone = platform.measureThisProcess(SimulatedPlatformTest.class);
    Measurement with = platform.measureThisProcess(SimulatedPlatformTest.class, List.of(engine));

    Files.writeString(engine, "and another");

    assertThat(with).isNotEqualTo(alone);
    assertThat(platform.measureThisProcess(SimulatedPlatformTest.class, List.of(engine)))
        .isNotEqualTo(with)
        .isNotEqualTo(alone);
  }

  @Test
  void measuresAsEverybodyElseAndSeesAChangedFile() throws Exception {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), NOW, RANDOM);
    Path jar = Files.writeString(directory.resolve("a.jar"), "one");
    Path memory = directory.resolve("platform/SIMULATED-file-digests");
    List<Path> classPath = List.of(jar);
    Measurement one = ClassPathMeasurement.of("Main", classPath);

    assertThat(platform.measure("Main", classPath)).isEqualTo(one);
    assertThat(platform.measure("Main", classPath)).isEqualTo(one);
    assertThat(Files.readAllLines(memory)).hasSize(1);

    Files.writeString(jar, "and another");
    Measurement another = ClassPathMeasurement.of("Main", classPath);
    assertThat(platform.measure("Main", classPath)).isEqualTo(another).isNotEqualTo(one);

    assertThat(Files.readAllLines(memory)).hasSize(1);
    Files.writeString(memory, Files.readString(memory).replaceAll("[0-9a-f]{64}", "damaged"));
    assertThat(platform.measure("Main", classPath)).isEqualTo(another);
    assertThat(SimulatedPlatform.open(directory.resolve("platform"), RANDOM).root())
        .isEqualTo(platform.root());
  }

  @Test
  void saysThatItIsSimulated() {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory.resolve("platform"), NOW, RANDOM);

    assertThat(platform).asString().contains("SIMULATED");
    assertThat(platform.tee(WORKER)).asString().contains("SIMULATED");
    byte[] evidence = platform.tee(WORKER).evidence(Simulation.reportData(1)).bytes().copy();
    assertThat(new String(evidence, java.nio.charset.StandardCharsets.ISO_8859_1))
        .startsWith("SIMULATED TEE REPORT")
        .contains("TEEX SIMULATED root");
  }
}
