package io.teex.dispatcher;

import io.teex.rpc.node.NodeMain;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The process of a dispatcher. Its one argument is a configuration file, see {@link
 * ProcessSettings}.
 */
public final class DispatcherMain {
  private DispatcherMain() {}

  public static void main(String[] arguments) {
    NodeMain.run(
        "dispatcher",
        arguments,
        ProcessSettings::from,
        settings -> DispatcherNode.start(settings, InstantSource.system(), new SecureRandom()));
  }
}
