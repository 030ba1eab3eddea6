package io.teex.executor;

/** The WebAssembly engines that there are. What a task returns and costs is the same on each. */
public enum EngineKind {
  /** V8 in Node.js: near-native. */
  V8,
  /** Endive on the JVM that the worker runs on: pure Java, small, needs nothing else; slower. */
  ENDIVE
}
