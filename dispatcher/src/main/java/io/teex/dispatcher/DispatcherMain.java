package io.teex.dispatcher;

import io.teex.protocol.Role;
import io.teex.rpc.NodeIdentity;
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
    NodeMain.run("dispatcher", arguments, ProcessSettings::from, DispatcherMain::start);
  }

  private static DispatcherNode start(ProcessSettings settings) {
    InstantSource clock = InstantSource.system();
    NodeIdentity identity =
        settings.node().identity(Role.DISPATCHER, DispatcherMain.class, clock, new SecureRandom());
    return DispatcherNode.start(settings, identity, clock);
  }
}
