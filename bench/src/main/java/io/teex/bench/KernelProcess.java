package io.teex.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that runs a kernel for each line it reads, and answers checksum and CPU seconds. */
final class KernelProcess implements AutoCloseable {
  /**
   * @param sum that every way of running the kernel must come to
   * @param seconds of CPU time
   */
  record Run(long sum, double seconds) {}

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private KernelProcess(Process process) {
    this.process = process;
    this.in = process.outputWriter();
    this.out = process.inputReader();
  }

  static KernelProcess start(List<String> command, Path directory) throws IOException {
    return new KernelProcess(
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  Run run(String line) throws IOException {
    in.write(line);
    in.newLine();
    in.flush();
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("a kernel's process ended: " + process.info().commandLine().orElse(""));
    }
    int blank = answer.indexOf(' ');
    return new Run(
        Long.parseLong(answer.substring(0, blank)),
        Double.parseDouble(answer.substring(blank + 1)));
  }

  @Override
  public void close() throws IOException {
    in.close();
    process.destroy();
  }
}
