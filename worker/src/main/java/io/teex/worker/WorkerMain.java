package io.teex.worker;

import io.teex.rpc.node.NodeMain;

/**
 * The process of a worker. Its one argument is a configuration file, see {@link WorkerSettings}.
 */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] arguments) {
    NodeMain.run("worker", arguments, WorkerSettings::from, WorkerNode::start);
  }
}
