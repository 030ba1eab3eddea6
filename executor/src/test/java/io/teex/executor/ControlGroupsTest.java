package io.teex.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.executor.ControlGroups.Parent;
import io.teex.executor.testing.Wait;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the groups of executor processes are made. */
final class ControlGroupsTest {
  @TempDir Path mount;

  @Test
  void takesBothHierarchiesOfTheFirstVersionBelowTheWorkersOwnGroup() {
    List<String> own = List.of("8:pids:/w", "4:memory:/a/b", "1:cpu:/", "0::/");

    assertThat(ControlGroups.parents(own, mount))
        .containsExactly(
            new Parent.Threads(mount.resolve("pids/w")),
            new Parent.Memory(mount.resolve("memory/a/b")));
  }

  @Test
  void makesGroupsOfTheSecondVersionBesideTheWorkersOwnWhereThatIsDelegated() throws IOException {
    Path service = Files.createDirectories(mount.resolve("system.slice/teex.service"));
    List<String> own = List.of("0::/system.slice/teex.service/worker");

    assertThat(ControlGroups.parents(own, mount)).isEmpty();

    Files.writeString(service.resolve("cgroup.subtree_control"), "cpu memory pids\n");
    assertThat(ControlGroups.parents(own, mount)).containsExactly(new Parent.Unified(service));
  }

  @Test
  void writesTheLimitsOfEachVersion() throws IOException {
    Path unified = Files.createDirectory(mount.resolve("unified"));
    Path memory = Files.createDirectory(mount.resolve("memory"));
    List<Parent> parents = List.of(new Parent.Unified(unified), new Parent.Memory(memory));

    ControlGroup group = ControlGroup.create(parents, "one", 1 << 30, 7);

    assertThat(group.names()).isEqualTo(unified + "/one " + memory + "/one");
    assertThat(unified.resolve("one/memory.max")).hasContent("1073741824");
    assertThat(unified.resolve("one/pids.max")).hasContent("7");
    assertThat(memory.resolve("one/memory.limit_in_bytes")).hasContent("1073741824");
  }

  @Test
  void haveNoneWhereTheWorkerHasNone() {
    assertThat(ControlGroups.parents(List.of("0::/"), mount)).isEmpty();
    assertThat(ControlGroups.parents(List.of("nonsense"), mount)).isEmpty();
    assertThat(new ControlGroup(List.of()).names()).isEmpty();
  }

  @Test
  void removesWhatWorkersLeftThatLiveNoMore() throws IOException {
    Path mine = mount.resolve("teex-executor-%d-1-1".formatted(ProcessHandle.current().pid()));
    Path stale = Files.createDirectory(mount.resolve("teex-executor-999999999-1-1"));
    Path other = Files.createDirectory(mount.resolve("teex-executor-else"));
    Files.createDirectory(mine);

    ControlGroups.sweep(List.of(new Parent.Memory(mount)));

    assertThat(stale).doesNotExist();
    assertThat(mine).exists();
    assertThat(other).exists();
  }

  @Test
  void holdAProcessFromItsStartAndGoWithIt() throws Exception {
    List<Path> left;
    try (ProcessExecutor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT)) {
      assumeTrue(executor.boundsMemory(), "no control groups can be made here");
      executor.awaitPool();
      long pid = executor.processes().getFirst().handle().pid();
      List<String> groups = Files.readAllLines(Path.of("/proc/%d/cgroup".formatted(pid)));

      assertThat(groups).anyMatch(line -> line.contains("/teex-executor-"));
      left = ours();
      assertThat(left).isNotEmpty();
    }
    Wait.until("the groups are gone", () -> left.stream().noneMatch(Files::exists));
  }

  private static List<Path> ours() throws IOException {
    String name = "teex-executor-%d-*".formatted(ProcessHandle.current().pid());
    List<Path> found = new ArrayList<>();
    for (Parent parent :
        ControlGroups.parents(
            Files.readAllLines(Path.of("/proc/self/cgroup")), Path.of("/sys/fs/cgroup"))) {
      try (DirectoryStream<Path> groups = Files.newDirectoryStream(parent.directory(), name)) {
        groups.forEach(found::add);
      }
    }
    return found;
  }
}
