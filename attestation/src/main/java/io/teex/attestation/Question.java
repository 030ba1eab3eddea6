package io.teex.attestation;

import io.teex.protocol.Role;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks of evidence beside whether it is genuine and its platform acceptable. To trust
 * a peer takes all of it ({@link Expected}); a person who looks at evidence may ask for less.
 *
 * @param measurement whether the policy has to know what it runs
 * @param role what it has to be allowed to act as, or null if anything will do
 * @param reportData what it has to vouch for, or null if anything will do
 */
public record Question(boolean measurement, @Nullable Role role, @Nullable ReportData reportData) {
  /** Only whether it is genuine and its platform acceptable. */
  public static final Question PLATFORM = new Question(false, null, null);

  static Question of(Expected expected) {
    return new Question(true, expected.role(), expected.reportData());
  }
}
