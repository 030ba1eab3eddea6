package io.teex.executor.endive;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import run.endive.runtime.Instance;

/** The executor process: one image, then its tasks, one after the other, until the pipe closes. */
public final class EndiveProcess {
  /** Java's frames are larger than those that a guest's stack is metered by. */
  private static final long STACK_BYTES = 256L << 20;

  private static final String FACTS = "/META-INF/maven/run.endive/runtime/pom.properties";

  private EndiveProcess() {}

  /**
   * @param arguments {@code --show-log} where a service is developed; all else that it is told
   *     comes through the pipe
   */
  public static void main(String[] arguments) throws InterruptedException {
    boolean showsLog = List.of(arguments).contains("--show-log");
    Thread guest = new Thread(null, () -> serve(showsLog), "guest", STACK_BYTES);
    guest.start();
    guest.join();
  }

  private static void serve(boolean showsLog) {
    Pipe pipe =
        new Pipe(
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            showsLog);
    try {
      pipe.sendReady(name().getBytes(StandardCharsets.US_ASCII));
      Run image = new Run(pipe.readImage(), pipe::log);
      pipe.sendLoaded();
      pipe.sendDone(image.run(pipe.readTask()));
      System.gc(); // What compiling left, behind the answer, where nobody waits for it.
      for (; ; ) {
        pipe.sendDone(image.run(pipe.readTask()));
      }
    } catch (EOFException e) {
      System.exit(0);
    } catch (IOException | RuntimeException | Error e) {
      System.exit(1); // The worker reads the end of the pipe, and needs to know no more.
    }
  }

  private static String name() throws IOException {
    Properties facts = new Properties();
    try (InputStream file = Instance.class.getResourceAsStream(FACTS)) {
      if (file != null) {
        facts.load(file);
      }
    }
    return "endive-%s/java-%s"
        .formatted(facts.getProperty("version", "0"), Runtime.version().feature());
  }
}
