package io.teex.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar was built as. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Teex.class.getPackage().getImplementationVersion();
    return new String[] {"teex " + (version == null ? "(from classes)" : version)};
  }
}
