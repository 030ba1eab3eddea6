package io.teex.manager;

import io.teex.rpc.node.NodeMain;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/** The Service Manager's process; see {@link ManagerSettings} for its configuration file. */
public final class ManagerMain {
  private ManagerMain() {}

  public static void main(String[] arguments) {
    NodeMain.run("manager", arguments, ManagerSettings::from, ManagerMain::start);
  }

  private static ManagerNode start(ManagerSettings settings) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    return ManagerNode.start(
        settings, settings.node().tee(ManagerMain.class, List.of(), clock, random), clock, random);
  }
}
