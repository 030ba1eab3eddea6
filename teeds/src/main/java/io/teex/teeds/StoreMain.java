package io.teex.teeds;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeMain;
import java.security.SecureRandom;
import java.time.InstantSource;

/** The process of a TEE-DS node; see {@link StoreSettings} for its configuration. */
public final class StoreMain {
  private StoreMain() {}

  public static void main(String[] arguments) {
    NodeMain.run("store", arguments, StoreSettings::from, StoreMain::start);
  }

  private static StoreNode start(StoreSettings settings) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    NodeIdentity identity = settings.node().identity(Role.STORE, StoreMain.class, clock, random);
    StoreNode node = StoreNode.start(settings, identity, clock, random);
    node.whenFailed(StoreMain::end);
    return node;
  }

  /** Whoever supervises the process starts one that reads its log again. */
  private static void end() {
    Runtime.getRuntime().halt(ErrorCode.INTERNAL.exitCode());
  }
}
