package io.teex.attestation;

/**
 * Something about a policy that its author should look at.
 *
 * @param key the path of the key in the file, such as {@code measurements.worker[0]}
 * @param why what it lets in, or keeps out
 * @param advice what to do about it
 */
public record PolicyFinding(Severity severity, String key, String why, String advice) {
  public enum Severity {
    /** No node starts with it: it would accept what nobody can mean. */
    ERROR,
    /** It may be meant. */
    WARNING
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  static PolicyFinding error(String key, String why, String advice) {
    return new PolicyFinding(Severity.ERROR, key, why, advice);
  }

  static PolicyFinding warning(String key, String why, String advice) {
    return new PolicyFinding(Severity.WARNING, key, why, advice);
  }

  @Override
  public String toString() {
    return "%s %s: %s; %s".formatted(severity, key, why, advice);
  }
}
