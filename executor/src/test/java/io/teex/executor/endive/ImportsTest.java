package io.teex.executor.endive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever a guest can import on one engine it can import on the other. */
final class ImportsTest {
  @Test
  void areTheSameOnBothEngines() throws Exception {
    Guest guest =
        new Guest(
            new GuestTask(
                0,
                0,
                0,
                0,
                0,
                new byte[32],
                new byte[0],
                new RemoteDataset[0],
                (model, fuelLeft, room, inputs) -> new Inferred(1, 0, new byte[0])),
            logged -> {});
    Arguments none = new Arguments(new byte[0], List.of());
    Set<String> endive = new TreeSet<>();
    WasiModule.of(guest, none)
        .keySet()
        .forEach(name -> endive.add("wasi_snapshot_preview1." + name));
    TeexModule.of(guest).keySet().forEach(name -> endive.add("teex." + name));

    Process node =
        new ProcessBuilder(
                List.of("node", "src/test/js/imports.js", "src/main/resources/io/teex/executor/v8"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String names = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(node.waitFor()).isZero();
    assertThat(names.lines().toList()).containsExactlyInAnyOrderElementsOf(endive);
  }
}
