package io.teex.attestation.collateral;

/** Its work is done when the test says so. */
final class ManualTimer implements Timer {
  private Runnable work = () -> {};
  private boolean running;

  @Override
  public Running start(Runnable wanted) {
    work = wanted;
    running = true;
    return () -> running = false;
  }

  void tick() {
    work.run();
  }

  boolean isRunning() {
    return running;
  }
}
